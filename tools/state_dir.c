/* SPDX-License-Identifier: Apache-2.0 */
/* state_dir.c: see state_dir.h; run/cluster.h says where the socket may be. */
#include "state_dir.h"

#include <limits.h>
#include <unistd.h>

#include "intake/statement.h"
#include "run/files.h"
#include "service/keeping.h"

static const char *line_in(struct cli *c, const char *path)
{
	struct span s, rest;

	if (file_read(path, PATH_MAX, c->mem, &s) != 0)
		return NULL;
	span_cut(s, '\n', &s, &rest);
	return s.len > 0 ? arena_z(c->mem, s) : NULL;
}

static const char *with_socket(struct cli *c, const char *dir)
{
	return dir && access(cli_text(c, "%s/.s.PGSQL.5432", dir), F_OK) == 0 ? dir : NULL;
}

const char *cluster_conninfo(struct cli *c, const char *state_dir)
{
	char path[PATH_MAX];
	const char *home, *dir;

	if (!realpath(state_dir, path))
		return NULL;
	dir = with_socket(c, cli_text(c, "%s/run", path));
	if (!dir && (home = line_in(c, cli_text(c, "%s/pg.home", path))) != NULL)
		dir = with_socket(c, cli_text(c, "%s/run", home));
	if (!dir)
		dir = with_socket(c, line_in(c, cli_text(c, "%s/pg.socket", path)));
	return dir ? cli_text(c, "host=%s port=5432 dbname=counterfoil user=counterfoil", dir) : NULL;
}

const char *database_of(struct cli *c)
{
	/* A state directory that is named is meant, whatever the environment says. */
	const char *given = cli_setting(c, "database", cli_opt(c, "state-dir") ? NULL : "CF_DATABASE_URL", NULL),
		   *found;
	const char *state = cli_setting(c, "state-dir", "CF_STATE_DIR", "var");

	if (given)
		return given;
	found = cluster_conninfo(c, state);
	if (!found)
		cli_fail(
			c, EXIT_UNREACHABLE,
			"no private PostgreSQL runs under %s\n  Start the registry (`counterfoil up --state-dir %s`), or name "
			"a database with --database",
			state, state);
	return found;
}

/* What opens the statements; without it what follows says that it is missing. */
static const struct vault *vault_found(struct cli *c, struct store *s)
{
	struct vault *v = ARENA_NEW(c->mem, struct vault);
	char why[512];

	if (v && keeping_read(s, cli_setting(c, "state-dir", "CF_STATE_DIR", "var"),
	                      cli_setting(c, "master-key", "CF_MASTER_KEY", NULL), v, why, sizeof why))
		return v;
	cli_fail(c, EXIT_REFUSED, "%s", v ? why : "out of memory");
	return NULL;
}

struct store *audit_store(struct cli *c, const char *conninfo)
{
	char why[512] = "";
	struct store *s = store_open(conninfo, STORE_OWNER, why, sizeof why);

	if (!s)
		cli_fail(c, EXIT_UNREACHABLE, "the database does not let us in: %s", why);
	else
		store_vault(s, vault_found(c, s));
	return s;
}

bool log_birth(struct store *s, uint64_t seq, enum statement_kind kind, struct arena *mem, struct command *ret)
{
	struct stored_entry *e;
	struct sealed sealed;
	struct diag d;
	size_t n;

	return store_entries(s, seq, 1, mem, &e, &n) == OK && n == 1 &&
	       statement_split(e[0].statement, mem, &sealed, &d) == OK &&
	       statement_parse(&sealed, mem, ret, &d) == OK && ret->kind == kind;
}

struct span fingerprint_key(struct cli *c, struct store *s)
{
	const char *path = cli_opt(c, "fingerprint-key");
	struct command keys;
	struct span key;

	if (!path)
		path = cli_text(c, "%s/fingerprint.key", cli_setting(c, "state-dir", "CF_STATE_DIR", "var"));
	if (file_read_secret(path, 32, c->mem, &key) != 0 || key.len != 32)
		return S("");
	/* Another registry's key would make every fingerprint a finding. */
	if (!log_birth(s, 1, ST_LOG_KEYS, c->mem, &keys) ||
	    hash_eq(keys.body.log_keys.fingerprint, fingerprint_key_id(key)))
		return key;
	cli_fail(c, EXIT_REFUSED, "%s is not this log's fingerprint key: fingerprints are left out", path);
	return S("");
}

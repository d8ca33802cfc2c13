/* SPDX-License-Identifier: Apache-2.0 */
/* state_dir.c: see state_dir.h; run/cluster.h says where the socket may be. */
#include "state_dir.h"

#include <limits.h>
#include <unistd.h>

#include "run/files.h"

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

struct store *audit_store(struct cli *c, const char *conninfo)
{
	char why[512] = "";
	struct store *s = store_open(conninfo, STORE_OWNER, why, sizeof why);

	if (!s)
		cli_fail(c, EXIT_UNREACHABLE, "the database does not let us in: %s", why);
	return s;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_log.c: is the log what it is signed to be? From its files, over the
 * network or in the database; and that it only grew between two sizes.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "client.h"
#include "json_at.h"
#include "jcs.h"
#include "receipt_file.h"
#include "service/log_verify.h"
#include "state_dir.h"

/* --- log verify --- */

static void progress(void *arg, uint64_t done, uint64_t total) { cli_progress(arg, "entries", done, total); }

struct url_files {
	struct client *k;
	const char *url;
};

static bool fetch_url(void *from, const char *path, struct arena *mem, struct span *ret)
{
	struct url_files *u = from;
	char url[2048];

	return snprintf(url, sizeof url, "%s/%s", u->url, path) < (int)sizeof url && client_fetch(u->k, url, mem, ret);
}

static void put_report(struct cli *c, const struct log_report *r)
{
	struct writer w = cli_writer(c);
	struct jcs j = jcs_free_order(&w);
	char root[64];
	struct writer t = writer_over(root, sizeof root);

	put_b64(&t, (struct span){ (const char *)r->root.b, HASH_LEN });
	jcs_object(&j);
	jcs_member_bool(&j, "verified", r->verdict == LOG_GOOD);
	jcs_member_z(&j, "verdict", log_verdict_name(r->verdict));
	jcs_member_z(&j, "detail", log_verdict_text(r->verdict));
	jcs_member_i64(&j, "size", (int64_t)r->size);
	jcs_member_span(&j, "root", writer_span(&t));
	jcs_member_i64(&j, "entries", (int64_t)r->entries);
	jcs_member_i64(&j, "files", (int64_t)r->files);
	jcs_member_i64(&j, "checkpoints", (int64_t)r->checkpoints);
	if (r->verdict != LOG_GOOD) {
		jcs_member_i64(&j, "at", (int64_t)r->at);
		jcs_member_z(&j, "path", r->path);
	}
	jcs_end_object(&j);
	cli_answer(c, writer_span(&w));
}

static int tell(struct cli *c, const struct log_report *r)
{
	bool good = r->verdict == LOG_GOOD;

	put_report(c, r);
	if (c->json)
		return log_verdict_exit(r->verdict);
	fprintf(c->out, "%s%s%s: %s\n  %llu of %llu entries", ink(c, good ? GREEN : RED),
	        good ? "verified" : "NOT VERIFIED", ink(c, PLAIN), log_verdict_text(r->verdict),
	        (unsigned long long)r->entries, (unsigned long long)r->size);
	if (r->files)
		fprintf(c->out, ", %llu files", (unsigned long long)r->files);
	if (r->checkpoints)
		fprintf(c->out, ", %llu signed checkpoints", (unsigned long long)r->checkpoints);
	fputc('\n', c->out);
	if (!good)
		fprintf(c->out, "  at entry %llu%s%s\n", (unsigned long long)r->at, r->path[0] ? ", file " : "",
		        r->path);
	return log_verdict_exit(r->verdict);
}

static int verify_files(struct cli *c, struct log_files *files, const struct log_verify_conf *conf)
{
	struct log_report r = { .verdict = LOG_UNFINISHED };

	r.verdict = log_verify(files, conf, &r);
	return tell(c, &r);
}

static int verify_dir(struct cli *c, const char *dir, const struct log_verify_conf *conf)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;
	struct log_files files = { .fetch = tile_file, .from = &fd, .dir = fd };

	if (fd < 0)
		return cli_fail(c, EXIT_UNREACHABLE, "%s: %s", dir, strerror(errno));
	rc = verify_files(c, &files, conf);
	close(fd);
	return rc;
}

static int verify_database(struct cli *c, const struct log_verify_conf *conf)
{
	struct log_report r = { .verdict = LOG_UNFINISHED };
	const char *conninfo = database_of(c);
	struct store *s = conninfo ? audit_store(c, conninfo) : NULL;

	if (!s)
		return EXIT_UNREACHABLE;
	r.verdict = log_verify_store(s, conf, &r);
	store_close(s);
	return tell(c, &r);
}

static int verify(struct cli *c, struct client *k)
{
	const char *tiles = cli_opt(c, "tiles"), *url = cli_opt(c, "url");
	struct vkey key;
	struct log_verify_conf conf = { .key = &key, .depth = LOG_LEAVES, .progress = progress, .arg = c };
	struct url_files u = { k, url ? url : cli_text(c, "%s/log", k->server) };
	struct log_files files = { .fetch = fetch_url, .from = &u, .dir = -1 };
	int rc = vkey_asked(c, k, &key);

	if (rc != EXIT_GOOD)
		return rc;
	if (tiles)
		return verify_dir(c, tiles, &conf);
	if (cli_opt(c, "database") || cli_opt(c, "state-dir"))
		return verify_database(c, &conf);
	return verify_files(c, &files, &conf);
}

/* --- log checkpoint --- */

static int checkpoint(struct cli *c, struct client *k)
{
	struct vkey key;
	struct checkpoint at;
	struct span note;
	struct writer w;
	struct jcs j;
	int rc = vkey_asked(c, k, &key);

	if (rc != EXIT_GOOD)
		return rc;
	if (!client_fetch(k, cli_text(c, "%s/log/checkpoint", k->server), c->mem, &note))
		return cli_fail(c, EXIT_UNREACHABLE, "%s has no checkpoint to give", k->server);
	if (!checkpoint_open(note, &key, &at))
		return cli_fail(c, EXIT_REFUSED, "the checkpoint is not signed by this key, or it is another log's");
	w = cli_writer(c);
	j = jcs_free_order(&w);
	jcs_object(&j);
	jcs_member_i64(&j, "size", (int64_t)at.size);
	jcs_member_span(&j, "checkpoint", note);
	jcs_end_object(&j);
	cli_answer(c, writer_span(&w));
	if (!c->json)
		fprintf(c->out, "%.*s", (int)note.len, note.at);
	return cli_opt(c, "out") && !cli_write(c, cli_opt(c, "out"), note, false) ? EXIT_USAGE : EXIT_GOOD;
}

/* --- log consistency --- */

/* One side: a kept checkpoint file, whose signature is checked, or a size, whose root is the server's word. */
struct side {
	uint64_t size;
	struct hash root;
	bool known;
};

static int read_side(struct cli *c, const char *arg, const struct vkey *key, struct side *ret)
{
	struct checkpoint at;
	struct span note;
	char *end;

	if (strspn(arg, "0123456789") == strlen(arg) && *arg) {
		errno = 0;
		ret->size = strtoull(arg, &end, 10);
		return errno == 0 ? EXIT_GOOD : cli_usage(c, "%s is no size", arg);
	}
	if (!cli_file(c, arg, CHECKPOINT_MAX, &note))
		return EXIT_USAGE;
	if (!checkpoint_open(note, key, &at))
		return cli_fail(c, EXIT_REFUSED, "%s is not a checkpoint signed by this log's key", arg);
	*ret = (struct side){ at.size, at.root, true };
	return EXIT_GOOD;
}

static bool hash_at(struct cli *c, struct span json, const char *pointer, struct hash *ret)
{
	return b64_fixed(span_z(json_z(json, pointer, c->mem)), ret->b, HASH_LEN);
}

static bool take_root(struct cli *c, struct span json, const char *pointer, struct side *s)
{
	return s->known || hash_at(c, json, pointer, &s->root);
}

static bool read_proof(struct cli *c, struct span json, struct proof *p)
{
	struct span list, name, value;
	struct json_walk w;

	p->n = 0;
	if (!json_at(json, "/proof", &list))
		return false;
	w = json_walk(list);
	while (json_next(&w, &name, &value))
		if (p->n == PROOF_MAX || !b64_fixed(json_text(value, c->mem), p->at[p->n++].b, HASH_LEN))
			return false;
	return true;
}

static int judge(struct cli *c, struct span json, struct side *from, struct side *to)
{
	struct proof p;
	bool good = read_proof(c, json, &p) && take_root(c, json, "/from_root", from) &&
	            take_root(c, json, "/to_root", to) &&
	            verify_consistency(from->size, to->size, from->root, to->root, &p);
	struct writer w = cli_writer(c);
	struct jcs j = jcs_free_order(&w);

	jcs_object(&j);
	jcs_member_bool(&j, "verified", good);
	jcs_member_i64(&j, "from", (int64_t)from->size);
	jcs_member_i64(&j, "to", (int64_t)to->size);
	jcs_member_bool(&j, "signed", from->known && to->known);
	jcs_end_object(&j);
	cli_answer(c, writer_span(&w));
	if (!c->json)
		fprintf(c->out, "%s%s%s: the log of %llu entries %s of the log of %llu%s\n", ink(c, good ? GREEN : RED),
		        good ? "verified" : "NOT VERIFIED", ink(c, PLAIN), (unsigned long long)from->size,
		        good ? "is the beginning" : "is not shown to be the beginning", (unsigned long long)to->size,
		        from->known && to->known
		                ? "; both are signed"
		                : "\n  a size alone takes the server's word for its root: keep checkpoints "
		                  "(`counterfoil log checkpoint --out FILE`) and give those");
	return good ? EXIT_GOOD : EXIT_REFUSED;
}

static int consistency(struct cli *c, struct client *k)
{
	struct side from = { .size = 0 }, to = { .size = 0 };
	struct http_answer a;
	struct vkey key;
	int rc = vkey_asked(c, k, &key);

	if (rc == EXIT_GOOD)
		rc = read_side(c, c->arg[0], &key, &from);
	if (rc == EXIT_GOOD)
		rc = read_side(c, c->arg[1], &key, &to);
	if (rc != EXIT_GOOD)
		return rc;
	rc = client_ask(k,
	                cli_text(c, "/v1/log/proof/consistency?from=%llu&to=%llu", (unsigned long long)from.size,
	                         (unsigned long long)to.size),
	                false, &a);
	return rc == EXIT_GOOD ? judge(c, a.body, &from, &to) : rc;
}

static int with_client(struct cli *c, int (*run)(struct cli *c, struct client *k))
{
	struct client k;
	int rc = client_open(c, &k);

	if (rc == EXIT_GOOD)
		rc = run(c, &k);
	client_close(&k);
	return rc;
}

static int cmd_verify(struct cli *c) { return with_client(c, verify); }
static int cmd_checkpoint(struct cli *c) { return with_client(c, checkpoint); }
static int cmd_consistency(struct cli *c) { return with_client(c, consistency); }

#define VKEY_OPTION                                                                                   \
	{                                                                                             \
		"vkey", "VKEY|FILE", "the log's verifier key; else the server is asked, and believed" \
	}
static const struct option_row verify_options[] = {
	{ "tiles", "DIR", "the directory the tiles are published in" },
	{ "url", "URL", "where they are served, such as https://registry.example/log (standard: the server's)" },
	DATABASE_OPTIONS,
	VKEY_OPTION,
	CLIENT_OPTIONS,
};
static const struct option_row checkpoint_options[] = {
	{ "out", "FILE", "keep it there: the log can then never again show you a shorter or another past" },
	VKEY_OPTION,
	CLIENT_OPTIONS,
};
static const struct option_row consistency_options[] = { VKEY_OPTION, CLIENT_OPTIONS };
static const struct command_row rows[] = {
	COMMAND("log", "verify", "", 0, 0, "every entry, hash and signature of the log",
	        "  counterfoil log verify --url http://127.0.0.1:8440/log --vkey log.vkey\n"
	        "  counterfoil log verify --tiles var/tiles --vkey log.vkey\n"
	        "  counterfoil log verify --state-dir var --vkey log.vkey        (the database, statements included)\n"
	        "  exit code 0: verified; 3: not reachable; 10 and above: what is wrong",
	        verify_options, cmd_verify),
	COMMAND("log", "checkpoint", "", 0, 0, "the latest signed checkpoint, its signature verified", NULL,
	        checkpoint_options, cmd_checkpoint),
	COMMAND("log", "consistency", "FROM TO", 2, 2, "that the log only grew between two checkpoint files (or sizes)",
	        NULL, consistency_options, cmd_consistency),
};
const struct command_group log_commands = { rows, ARRAY_LEN(rows) };

/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_seal.c: the master key of what is sealed at rest. */
#include "cli.h"

#include "service/keeping.h"

static int cmd_rotate(struct cli *c)
{
	const char *state = cli_setting(c, "state-dir", "CF_STATE_DIR", "var");
	char why[512];

	if (!keeping_rotate(state, cli_setting(c, "master-key", "CF_MASTER_KEY", NULL), why, sizeof why))
		return cli_fail(c, EXIT_REFUSED, "%s", why);
	fprintf(c->out, "the next master key lies beside the one in use; the server takes it when it starts next\n");
	return EXIT_GOOD;
}

static const struct option_row options[] = {
	{ "state-dir", "DIR", "where the registry lives (var)" },
	{ "master-key", "FILE", "the key's file, when it is not master.key there; else CF_MASTER_KEY" },
};
static const struct command_row rows[] = {
	COMMAND("seal", "rotate", "", 0, 0,
	        "a new master key: what is sealed stays as it is, its keys are wrapped anew",
	        "  counterfoil seal rotate --state-dir var   # then restart the server", options, cmd_rotate),
};
const struct command_group seal_commands = { rows, ARRAY_LEN(rows) };

/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_token.c: a bearer token for whoever speaks to the registry with another tool: curl, a browser, a program. */
#include "client.h"

static int cmd_token(struct cli *c)
{
	struct client k;
	const char *token;
	int rc = client_open(c, &k);

	if (rc == EXIT_GOOD)
		rc = client_token(&k, &token);
	if (rc == EXIT_GOOD)
		fprintf(c->out, "%s\n", token);
	client_close(&k);
	return rc;
}

static const struct option_row options[] = { CLIENT_OPTIONS };
static const struct command_row rows[] = {
	COMMAND("token", "", "", 0, 0, "a bearer token of ten minutes, for other tools",
	        "  curl -H \"Authorization: Bearer $(counterfoil token --key bank.jwk)\" \\\n"
	        "    -H 'Counterfoil-Purpose: lending' $CF_SERVER/v1/parties/$supplier",
	        options, cmd_token),
};
const struct command_group token_commands = { rows, ARRAY_LEN(rows) };

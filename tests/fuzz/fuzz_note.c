/* SPDX-License-Identifier: Apache-2.0 */
/* Notes, verifier keys and checkpoints. The key is the one of the C2SP example, whose note makes a good first input. */
#include "note.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct vkey key;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	bool ok = crypto_start() &&
	          vkey_parse(S("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"), &key);
	assert(ok);
	return 0;
}

static void checkpoint(struct span in)
{
	char text[512];
	struct writer w = writer_over(text, sizeof text);
	struct checkpoint c;

	if (!checkpoint_parse(in, &c))
		return;
	assert(c.origin.at == in.at && c.origin.len > 0 && c.origin.len < in.len);
	if (!note_name_valid(c.origin))
		return;
	char *origin = (char[NOTE_KEY_NAME_MAX]){ 0 };
	memcpy(origin, c.origin.at, c.origin.len);
	put_checkpoint(&w, origin, c.size, c.root); /* and extension lines, if there were any */
	assert(span_starts(in, writer_span(&w)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span in = { (const char *)data, len }, text = S("untouched");
	char again[512];
	struct writer w = writer_over(again, sizeof again);
	struct vkey k, witness = key;
	struct checkpoint c;
	uint64_t t;

	if (note_open(in, &key, &text)) {
		assert(text.at == in.at && text.len < in.len && text.at[text.len - 1] == '\n' &&
		       in.at[text.len] == '\n');
		/* the key signed one text only, as far as anyone knows */
		assert(span_is(text, "This is an example message.\n"));
	} else {
		assert(span_is(text, "untouched"));
	}
	witness.type = NOTE_COSIGN_ED25519;
	assert(!checkpoint_open(in, &key, &c) && !note_cosigned(in, &witness, &t));
	checkpoint(in);
	if (vkey_parse(in, &k) && k.type == NOTE_ED25519) {
		put_vkey(&w, k.name, &k.key);
		assert(span_eq(writer_span(&w), in));
	}
	return 0;
}

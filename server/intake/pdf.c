/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pdf.c: libqpdf's C interface, for three questions: which files are embedded,
 * which of them is the invoice, what do the signatures leave out.
 *
 * libqpdf reads strictly (no recovery: a file that must be guessed at can be
 * guessed at in two ways) and silently. It is C++ and allocates as it likes;
 * the process around it has the limit of memory. The one stream that is
 * unpacked for us is inflated here, under a limit of its own.
 */
#include <qpdf/qpdf-c.h>
#include <strings.h>
#include <zlib.h>

#include "pdf.h"

struct reading {
	qpdf_data lib;
	struct arena *mem;
	struct span bytes;
	struct pdf *pdf;
	int stream, generation; /* object of the attachment; 0: none yet */
	unsigned steps;         /* nodes visited, of any tree */
	bool broken;            /* a tree too deep, too large, or with a loop */
	/* signatures */
	bool whole; /* one of them reaches the end of the file */
};

/* The names under which the standards embed their XML, by ASCII letters of either case. */
static const struct span invoice_names[] = { S_INIT("factur-x.xml"), S_INIT("zugferd-invoice.xml"),
	                                     S_INIT("xrechnung.xml"), S_INIT("order-x.xml") };

static qpdf_oh get(struct reading *r, qpdf_oh from, const char *key)
{
	return qpdf_oh_get_key_if_dict(r->lib, from, key);
}
static bool is_dict(struct reading *r, qpdf_oh o)
{
	return qpdf_oh_is_dictionary(r->lib, o) || qpdf_oh_is_stream(r->lib, o);
}
static qpdf_oh dict_of(struct reading *r, qpdf_oh o)
{
	return qpdf_oh_is_stream(r->lib, o) ? qpdf_oh_get_dict(r->lib, o) : o;
}

static int array_len(struct reading *r, qpdf_oh o)
{
	return qpdf_oh_is_array(r->lib, o) ? qpdf_oh_get_array_n_items(r->lib, o) : 0;
}

static bool step(struct reading *r, unsigned depth)
{
	if (++r->steps > PDF_TREE_MAX || depth > PDF_DEPTH_MAX)
		r->broken = true;
	return !r->broken;
}

/* ---- the attachment ---- */

static bool same_any_case(struct span a, struct span b)
{
	return a.len == b.len && strncasecmp(a.at, b.at, a.len) == 0;
}

/* One of invoice_names, or NULL. The name is the last step of a path. */
static const struct span *invoice_name(struct reading *r, qpdf_oh name)
{
	size_t len = 0;
	const char *at = qpdf_oh_is_string(r->lib, name) ? qpdf_oh_get_binary_utf8_value(r->lib, name, &len) : NULL;

	for (size_t i = 0; at && i < ARRAY_LEN(invoice_names); i++)
		if (same_any_case((struct span){ at, len }, invoice_names[i]))
			return &invoice_names[i];
	return NULL;
}

static void several(struct reading *r, const char *why)
{
	if (!r->pdf->several)
		r->pdf->several = why;
}

/* A stream of the file specification's EF, remembered; another than before makes the choice unclear. */
static void take_stream(struct reading *r, qpdf_oh stream, const struct span *name)
{
	int id = qpdf_oh_get_object_id(r->lib, stream), generation = qpdf_oh_get_generation(r->lib, stream);

	if (!qpdf_oh_is_stream(r->lib, stream) || id <= 0)
		return;
	if (r->stream && (r->stream != id || r->generation != generation))
		several(r, "two attachments have the name of the invoice");
	if (r->stream)
		return;
	r->stream = id;
	r->generation = generation;
	r->pdf->name = *name;
}

/* A file specification that bears an invoice's name in any of its places. */
static void look_at_file(struct reading *r, qpdf_oh spec, bool listed)
{
	static const char *const place[] = { "/F", "/UF", "/DOS", "/Mac", "/Unix" };
	const struct span *name = NULL;
	unsigned named = 0, bear = 0;

	if (!qpdf_oh_is_dictionary(r->lib, spec))
		return;
	for (size_t i = 0; i < ARRAY_LEN(place); i++) {
		const struct span *n = invoice_name(r, get(r, spec, place[i]));
		named += qpdf_oh_is_string(r->lib, get(r, spec, place[i])) != 0;
		bear += n != NULL;
		name = n ? n : name;
	}
	if (!name)
		return;
	if (bear != named)
		several(r, "an attachment has two names");
	if (!listed && !r->stream)
		several(r, "an attachment has the name of the invoice and is not listed");
	for (size_t i = 0; i < ARRAY_LEN(place); i++)
		take_stream(r, get(r, get(r, spec, "/EF"), place[i]), name);
}

/* A name tree: pairs of name and value in /Names, further nodes in /Kids. */
static void walk_names(struct reading *r, qpdf_oh node, unsigned depth)
{
	qpdf_oh names = get(r, node, "/Names"), kids = get(r, node, "/Kids");

	if (!step(r, depth))
		return;
	for (int i = 0, n = array_len(r, names); i + 1 < n && !r->broken; i += 2)
		if (step(r, depth))
			look_at_file(r, qpdf_oh_get_array_item(r->lib, names, i + 1), true);
	for (int i = 0, n = array_len(r, kids); i < n && !r->broken; i++)
		walk_names(r, qpdf_oh_get_array_item(r->lib, kids, i), depth + 1);
}

static void look_at_associated(struct reading *r, qpdf_oh root)
{
	qpdf_oh list = get(r, root, "/AF");

	for (int i = 0, n = array_len(r, list); i < n && step(r, 0); i++) {
		qpdf_oh spec = qpdf_oh_get_array_item(r->lib, list, i);
		int before = r->stream;
		look_at_file(r, spec, false);
		if (before && !r->pdf->several && invoice_name(r, get(r, spec, "/F")))
			r->pdf->associated = true;
	}
}

/* ---- names as they stand in the bytes ---- */

static int hex_value(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c ? memchr(digits, c, sizeof digits - 1) : NULL;

	return at ? (int)(at - digits) & 15 : -1;
}

static bool is_regular(char c) { return (unsigned char)c > ' ' && c != 0x7f && !strchr("()<>[]{}/%", c); }

/* The beginning of the name at `s`, behind its stroke, with its escapes ("#45F") resolved; true when that is all of it. */
static bool short_name(struct span s, char to[static 8], size_t *len)
{
	size_t i = 0;

	for (*len = 0; i < s.len && is_regular(s.at[i]) && *len < 8; (*len)++) {
		bool escaped =
			s.at[i] == '#' && s.len - i > 2 && hex_value(s.at[i + 1]) >= 0 && hex_value(s.at[i + 2]) >= 0;

		to[*len] = escaped ? (char)(hex_value(s.at[i + 1]) << 4 | hex_value(s.at[i + 2])) : s.at[i];
		i += escaped ? 3 : 1;
	}
	return i == s.len || !is_regular(s.at[i]);
}

/*
 * The bytes themselves show that the file has no attachment but the one that was found: the key EF stands in them as
 * often as it was met, and no object is packed into a stream, for which the file would need a directory that is one
 * (XRef). Most files are so; to read all their objects takes longer than all else together.
 */
static bool nothing_hidden(const struct reading *r)
{
	struct span left = r->bytes;
	const char *at;
	unsigned keys = 0;

	while (left.len > 0 && (at = memchr(left.at, '/', left.len)) != NULL) {
		char name[8];
		size_t len;

		left = (struct span){ at + 1, left.len - (size_t)(at + 1 - left.at) };
		bool whole = short_name(left, name, &len);
		if (len >= 4 && memcmp(name, "XRef", 4) == 0)
			return false;
		keys += whole && len == 2 && memcmp(name, "EF", 2) == 0;
	}
	return keys == (r->stream != 0);
}

/* Attachments that no tree lists: annotations, associated files of pages. A reader that searches finds them. */
static void look_at_all(struct reading *r, long long size)
{
	if (nothing_hidden(r))
		return;
	for (int i = 1; i < size && !r->broken; i++) {
		qpdf_oh o = qpdf_get_object_by_id(r->lib, i, 0);
		if (qpdf_oh_is_dictionary(r->lib, o) && qpdf_oh_has_key(r->lib, o, "/EF"))
			look_at_file(r, o, false);
		else if (qpdf_oh_is_dictionary(r->lib, o))
			look_at_file(r, get(r, o, "/FS"), false);
		qpdf_oh_release_all(r->lib);
	}
}

static bool inflate_all(struct span packed, struct arena *mem, struct span *ret)
{
	size_t room = packed.len > PDF_XML_MAX / 8 ? PDF_XML_MAX : packed.len * 8 + 65536;
	z_stream z = { .next_in = (Bytef *)(uintptr_t)packed.at, .avail_in = (uInt)packed.len };
	char *to = arena_take(mem, room + 1);
	int end = Z_OK;

	if (!to || inflateInit(&z) != Z_OK)
		return false;
	z.next_out = (Bytef *)to;
	z.avail_out = (uInt)room + 1;
	end = inflate(&z, Z_FINISH);
	*ret = (struct span){ to, z.total_out };
	(void)inflateEnd(&z);
	return end == Z_STREAM_END && ret->len <= room;
}

static bool is_plain_deflate(struct reading *r, qpdf_oh stream, bool *packed)
{
	qpdf_oh dict = qpdf_oh_get_dict(r->lib, stream), filter = get(r, dict, "/Filter"), one = filter;

	if (array_len(r, filter) == 1)
		one = qpdf_oh_get_array_item(r->lib, filter, 0);
	*packed = qpdf_oh_is_name_and_equals(r->lib, one, "/FlateDecode");
	if (!*packed && !qpdf_oh_is_null(r->lib, filter) && (!qpdf_oh_is_array(r->lib, filter) || array_len(r, filter)))
		return false;
	return qpdf_oh_is_null(r->lib, get(r, dict, "/DecodeParms")) &&
	       qpdf_oh_is_null(r->lib, get(r, dict, "/FFilter")) && qpdf_oh_is_null(r->lib, get(r, dict, "/F"));
}

static const char *unpack(struct reading *r)
{
	qpdf_oh stream = qpdf_get_object_by_id(r->lib, r->stream, r->generation);
	unsigned char *raw = NULL;
	size_t len = 0;
	bool packed;
	const char *why = NULL;

	if (!is_plain_deflate(r, stream, &packed))
		return "the attachment is packed in a way invoices are not";
	if (qpdf_oh_get_stream_data(r->lib, stream, qpdf_dl_none, NULL, &raw, &len) & QPDF_ERRORS)
		return "the attachment cannot be read";
	if (len > PDF_XML_MAX)
		why = "an attachment of more than 5 MB";
	else if (!packed)
		r->pdf->xml = arena_copy(r->mem, (struct span){ (const char *)raw, len });
	else if (!inflate_all((struct span){ (const char *)raw, len }, r->mem, &r->pdf->xml))
		why = "the attachment is damaged or larger than 5 MB";
	free(raw);
	return why;
}

/* ---- signatures: what is covered, not by whom ---- */

static void unsealed(struct reading *r, const char *why)
{
	if (!r->pdf->unsealed)
		r->pdf->unsealed = why;
}

/* The gap must be one hexadecimal string and nothing else, and hold the very value that Contents has. */
static bool gap_is_contents(struct reading *r, size_t from, size_t to, qpdf_oh contents)
{
	const char *at = r->bytes.at, *value;
	size_t len = 0;

	if (to - from < 4 || (to - from) % 2 || at[from] != '<' || at[to - 1] != '>')
		return false;
	value = qpdf_oh_get_binary_string_value(r->lib, contents, &len);
	if (len != (to - from - 2) / 2)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = hex_value(at[from + 1 + 2 * i]), low = hex_value(at[from + 2 + 2 * i]);
		if (high < 0 || low < 0 || (unsigned char)value[i] != high * 16 + low)
			return false;
	}
	return true;
}

static bool has_value(struct reading *r, qpdf_oh contents)
{
	size_t len = 0;
	const char *at =
		qpdf_oh_is_string(r->lib, contents) ? qpdf_oh_get_binary_string_value(r->lib, contents, &len) : NULL;

	for (size_t i = 0; i < len; i++)
		if (at[i])
			return true;
	return false;
}

/* What one signature leaves open, or NULL. */
static const char *leaves_open(struct reading *r, qpdf_oh value)
{
	qpdf_oh range = get(r, value, "/ByteRange"), contents = get(r, value, "/Contents");
	long long n[4] = { -1, -1, -1, -1 }, len = (long long)r->bytes.len;

	if (!has_value(r, contents))
		return "a signature without a value";
	if (array_len(r, range) != 4)
		return "a signature without a ByteRange of two parts";
	for (int i = 0; i < 4; i++)
		if (!qpdf_oh_get_value_as_longlong(r->lib, qpdf_oh_get_array_item(r->lib, range, i), &n[i]) ||
		    n[i] < 0 || n[i] > len)
			return "a ByteRange outside the file";
	if (n[0] != 0 || n[2] < n[1] || n[3] > len - n[2])
		return "a ByteRange outside the file";
	if (!gap_is_contents(r, (size_t)n[1], (size_t)n[2], contents))
		return "a ByteRange leaves out more than the signature's value";
	r->whole |= n[2] + n[3] == len;
	return NULL;
}

static void look_at_signature(struct reading *r, qpdf_oh value)
{
	const char *why = leaves_open(r, value);

	r->pdf->is_signed = true;
	if (why)
		unsealed(r, why);
}

static void walk_fields(struct reading *r, qpdf_oh field, bool is_signature, unsigned depth)
{
	qpdf_oh type = get(r, field, "/FT"), value = get(r, field, "/V"), kids = get(r, field, "/Kids");

	if (!step(r, depth))
		return;
	if (qpdf_oh_is_name(r->lib, type))
		is_signature = qpdf_oh_is_name_and_equals(r->lib, type, "/Sig");
	if (is_signature && is_dict(r, value))
		look_at_signature(r, dict_of(r, value));
	for (int i = 0, n = array_len(r, kids); i < n && !r->broken; i++)
		walk_fields(r, qpdf_oh_get_array_item(r->lib, kids, i), is_signature, depth + 1);
}

/* DocMDP with P 2 or 3 (2 when not said): forms may be filled, or notes added, under a certifying signature. */
static void look_at_certificate(struct reading *r, qpdf_oh root)
{
	qpdf_oh refs = get(r, get(r, get(r, root, "/Perms"), "/DocMDP"), "/Reference");
	int level = 2;

	if (!array_len(r, refs))
		return;
	(void)qpdf_oh_get_value_as_int(
		r->lib, get(r, get(r, qpdf_oh_get_array_item(r->lib, refs, 0), "/TransformParams"), "/P"), &level);
	r->pdf->is_signed = true;
	r->pdf->changes_allowed = level != 1;
}

static void look_at_signatures(struct reading *r, qpdf_oh root)
{
	qpdf_oh fields = get(r, get(r, root, "/AcroForm"), "/Fields");

	for (int i = 0, n = array_len(r, fields); i < n && !r->broken; i++)
		walk_fields(r, qpdf_oh_get_array_item(r->lib, fields, i), false, 0);
	look_at_certificate(r, root);
	if (r->pdf->is_signed && !r->whole)
		unsealed(r, "something was added behind the last signature");
}

/* ---- all of it ---- */

static const char *read_open(struct reading *r)
{
	qpdf_oh root = qpdf_get_root(r->lib), trailer = qpdf_get_trailer(r->lib);
	long long size = 0;

	if (qpdf_is_encrypted(r->lib))
		return "encrypted";
	if (!qpdf_oh_is_dictionary(r->lib, root))
		return "without a catalogue";
	(void)qpdf_oh_get_value_as_longlong(r->lib, get(r, trailer, "/Size"), &size);
	if (size > PDF_OBJECTS_MAX)
		return "more than 50000 objects";
	walk_names(r, get(r, get(r, root, "/Names"), "/EmbeddedFiles"), 0);
	look_at_associated(r, root);
	look_at_signatures(r, root);
	look_at_all(r, size); /* releases all handles: last */
	if (r->broken)
		return "a tree too deep, too large, or with a loop";
	return r->stream && !r->pdf->several ? unpack(r) : NULL;
}

/* Nothing stands behind the end mark. */
static bool ends_well(struct span s)
{
	while (s.len && (s.at[s.len - 1] == '\n' || s.at[s.len - 1] == '\r' || s.at[s.len - 1] == ' '))
		s.len--;
	return s.len >= 5 && memcmp(s.at + s.len - 5, "%%EOF", 5) == 0;
}

/* Why libqpdf did not read it; asking takes the error away. */
static const char *unreadable(qpdf_data lib)
{
	qpdf_error e = qpdf_has_error(lib) ? qpdf_get_error(lib) : NULL;

	return e && qpdf_get_error_code(lib, e) == qpdf_e_password ? "encrypted: it takes a password"
	                                                           : "not a well-formed PDF";
}

/* An error nobody fetched is printed at the end, to where this process may not write. */
static void forget_errors(qpdf_data lib)
{
	while (qpdf_has_error(lib))
		(void)qpdf_get_error(lib);
	while (qpdf_more_warnings(lib))
		(void)qpdf_next_warning(lib);
}

const char *pdf_read(struct span bytes, struct arena *mem, struct pdf *ret)
{
	struct pdf pdf = { .several = NULL };
	struct reading r = { .lib = qpdf_init(), .mem = mem, .bytes = bytes, .pdf = &pdf };
	const char *why = "not a well-formed PDF";

	if (!r.lib)
		return "no memory";
	qpdf_silence_errors(r.lib);
	qpdf_set_suppress_warnings(r.lib, QPDF_TRUE);
	qpdf_set_attempt_recovery(r.lib, QPDF_FALSE);
	if (ends_well(bytes))
		why = qpdf_read_memory(r.lib, "document", bytes.at, bytes.len, NULL) & QPDF_ERRORS ? unreadable(r.lib)
		                                                                                   : read_open(&r);
	forget_errors(r.lib);
	qpdf_cleanup(&r.lib);
	if (!why)
		*ret = pdf;
	return why;
}

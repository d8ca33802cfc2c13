// SPDX-License-Identifier: Apache-2.0
// java Statement.java SERVER KEY.jwk PARTY DEBTOR: signs a future claim, submits it, verifies the receipt offline. JDK 17 alone.
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;
import java.util.regex.Pattern;

class Statement {
	static final HttpClient http = HttpClient.newHttpClient();

	static byte[] utf8(String s) { return s.getBytes(StandardCharsets.UTF_8); }
	static String b64url(byte[] b) { return Base64.getUrlEncoder().withoutPadding().encodeToString(b); }
	static byte[] unb64(String s) { return Base64.getDecoder().decode(s); }
	static byte[] concat(byte[]... parts) {
		ByteBuffer b = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(p -> p.length).sum());
		for (byte[] p : parts) b.put(p);
		return b.array();
	}
	static byte[] sha256(byte[]... parts) throws Exception { return MessageDigest.getInstance("SHA-256").digest(concat(parts)); }
	static void must(boolean good, String what) {
		if (!good) throw new IllegalStateException(what);
	}
	/** A text or number of a flat JSON object; a JSON library does this better. */
	static String member(String json, String name) {
		var m = Pattern.compile("\"" + name + "\"\\s*:\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|(\\d+))").matcher(json);
		must(m.find(), "no " + name + " in " + json);
		return m.group(2) != null ? m.group(2) : m.group(1).replace("\\n", "\n").replace("\\/", "/");
	}

	/** A JWS in compact form (RFC 7515); kid is the key's thumbprint (RFC 7638). */
	static String jws(String jwk, String typ, String payload) throws Exception {
		byte[] seed = Base64.getUrlDecoder().decode(member(jwk, "d"));
		var pkcs8 = concat(HexFormat.of().parseHex("302e020100300506032b657004220420"), seed);
		String kid = b64url(sha256(utf8("{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"" + member(jwk, "x") + "\"}")));
		String head = b64url(utf8("{\"alg\":\"EdDSA\",\"kid\":\"" + kid + "\",\"typ\":\"" + typ + "\"}")) + "." + b64url(utf8(payload));
		var s = Signature.getInstance("Ed25519");
		s.initSign(KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
		s.update(utf8(head));
		return head + "." + b64url(s.sign());
	}

	static void checkSigned(String note, String vkey) throws Exception {
		String[] v = vkey.split("\\+", 3);
		byte[] raw = unb64(v[2]);
		var key = KeyFactory.getInstance("Ed25519").generatePublic(
			new X509EncodedKeySpec(concat(HexFormat.of().parseHex("302a300506032b6570032100"), Arrays.copyOfRange(raw, 1, 33))));
		int cut = note.indexOf("\n\n") + 1;
		boolean good = false;
		for (String line : note.substring(cut + 1).split("\n")) {
			String[] word = line.split(" ");
			byte[] blob = unb64(word[2]);
			if (!word[1].equals(v[0]) || !HexFormat.of().formatHex(blob, 0, 4).equals(v[1])) continue;
			var s = Signature.getInstance("Ed25519");
			s.initVerify(key);
			s.update(utf8(note.substring(0, cut)));
			good |= s.verify(Arrays.copyOfRange(blob, 4, blob.length));
		}
		must(good && note.startsWith(v[0] + "\n"), "the checkpoint is not signed by the log");
	}

	static void verify(String receipt, String vkey, String compact) throws Exception {
		byte[] leaf = unb64(member(receipt, "leaf"));
		long seq = ByteBuffer.wrap(leaf).getLong(16);
		must(leaf.length == 136 && seq == Long.parseLong(member(receipt, "seq")), "the leaf is another entry's");
		must(Arrays.equals(Arrays.copyOfRange(leaf, 40, 72), sha256(utf8(compact))), "it is for another statement");
		String proof = member(receipt, "proof");
		int cut = proof.indexOf("\n\n");
		String note = proof.substring(cut + 2);
		checkSigned(note, vkey);
		String[] lines = proof.substring(0, cut).split("\n"), text = note.split("\n");
		int at = 0;
		while (!lines[at].startsWith("index ")) at++;
		long fn = Long.parseLong(lines[at].substring(6)), sn = Long.parseLong(text[1]) - 1;
		must(fn == seq && fn <= sn, "not in that log");
		byte[] node = sha256(new byte[] {0}, leaf); // RFC 9162 2.1.3.2
		for (int i = at + 1; i < lines.length; i++) {
			must(sn > 0, "the path is too long");
			if ((fn & 1) == 1 || fn == sn) {
				node = sha256(new byte[] {1}, unb64(lines[i]), node);
				while (fn != 0 && (fn & 1) == 0) { fn >>= 1; sn >>= 1; }
			} else {
				node = sha256(new byte[] {1}, node, unb64(lines[i]));
			}
			fn >>= 1;
			sn >>= 1;
		}
		must(sn == 0 && Arrays.equals(node, unb64(text[2])), "the path does not lead to the signed root");
	}

	public static void main(String[] a) throws Exception {
		String server = a[0], jwk = Files.readString(Path.of(a[1]));
		byte[] salt = new byte[32];
		new SecureRandom().nextBytes(salt);
		LocalDate today = LocalDate.now(ZoneOffset.UTC);
		String payload = """
			{"type":"receivable.register","id":"%s","object":"%s","prev":null,"at":"%s","salt":"%s","body":{"creditor":"%s","debtor":"%s",\
			"face":{"amount":"1250.00","currency":"CNY"},"issue_date":"%s","due_date":"%s","documents":[],"existing":false}}""".formatted(
			UUID.randomUUID(), UUID.randomUUID(), Instant.now().truncatedTo(ChronoUnit.SECONDS), b64url(salt), a[2], a[3], today, today.plusDays(93));
		String compact = jws(jwk, "counterfoil+jws", payload);
		var post = HttpRequest.newBuilder(URI.create(server + "/v1/statements")).header("Content-Type", "application/jose")
			.POST(HttpRequest.BodyPublishers.ofString(compact)).build();
		var answer = http.send(post, HttpResponse.BodyHandlers.ofString());
		must(answer.statusCode() < 300, answer.body());
		var known = http.send(HttpRequest.newBuilder(URI.create(server + "/.well-known/counterfoil.json")).build(), HttpResponse.BodyHandlers.ofString());
		verify(answer.body(), member(known.body(), "vkey"), compact);
		System.out.println("entry " + member(answer.body(), "seq") + ": accepted, receipt verified");
	}
}

# SPDX-License-Identifier: Apache-2.0
# layers.awk: an include points only downwards, never sideways; a library is included in one home only.
# Run at the root of the tree with the sources as arguments; says each line at fault and then fails.

function where(path) {          # the layer a file lies in
	if (path == "server/main.c") return "main"
	sub(/\/[^\/]*$/, "", path)
	while (path ~ /^server\/[^\/]*\//) sub(/\/[^\/]*$/, "", path) # server/http/x/ is server/http
	sub(/^tools\/.*/, "tools", path)
	return path
}
function exists(path,   line, got) {
	got = (getline line < path)
	close(path)
	return got >= 0
}
function flat(path) {           # without a/../
	while (path ~ /[^\/.]+\/\.\.\//) sub(/[^\/.]+\/\.\.\//, "", path)
	gsub(/\/\.\//, "/", path)
	return path
}
# The benchmark's ceiling is what our layers over these two are measured against; its preload warms the cluster.
function measures(lib) { return FILENAME ~ /^tools\/bench\/(ceiling|preload)\.c$/ && lib ~ /^(microhttpd|libpq-fe)\.h$/ }
function bad(what) { printf "%s:%d: %s\n", FILENAME, FNR, what; faults++ }

BEGIN {
	rank["include"] = 0; rank["crypto"] = 1; rank["server/domain"] = 2
	rank["server/intake"] = rank["server/store"] = rank["server/run"] = 3
	rank["server/service"] = 4
	rank["server/http"] = rank["server/work"] = 5
	rank["main"] = rank["tools"] = 6

	home["microhttpd.h"] = "server/http"; home["libpq-fe.h"] = home["libpq/"] = "server/store"
	home["openssl/"] = home["sodium.h"] = home["sodium/"] = "crypto"
	home["jansson.h"] = home["libxml/"] = home["zip.h"] = home["zlib.h"] = home["qpdf/"] = "server/intake"
	home["seccomp.h"] = home["curl/"] = "server/run"
}
FNR == 1 {
	here = where(FILENAME)
	if (!(here in rank)) bad("lies in no layer: " here)
}
/^[ \t]*#[ \t]*include[ \t]*</ {
	name = $0; sub(/^[^<]*</, "", name); sub(/>.*/, "", name)
	for (lib in home)
		if ((name == lib || (lib ~ /\/$/ && index(name, lib) == 1)) && here != home[lib] && !measures(name))
			bad("<" name "> is at home in " home[lib] " only")
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
	name = $0; sub(/^[^"]*"/, "", name); sub(/".*/, "", name)
	dir = FILENAME; sub(/[^\/]*$/, "", dir)
	# In the order the compiler looks: beside the file, -Iinclude, -Iserver.
	path = flat(dir name)
	if (!exists(path)) path = "include/" name
	if (!exists(path)) path = flat("server/" name)
	if (!exists(path)) next # generated: the compiler finds it in the build directory, made for one layer
	there = where(path)
	if (there == here || !(here in rank)) next
	if (!(there in rank)) bad("includes " path ", which lies in no layer")
	else if (rank[there] == rank[here]) bad("sideways: " here " includes " path)
	else if (rank[there] > rank[here]) bad("upwards: " here " (rank " rank[here] ") includes " path " (rank " rank[there] ")")
}
END { exit faults > 0 }

/* Prints the tables of docs/protocol.md that are made of op.def and err.def, between the marks that
 * they have there. */
#include <stdio.h>

#include "proto/wire/op.h"

static void print_ops(void)
{
	puts("<!-- made of proto/wire/op.def -->");
	puts("| no. | operation | how | request, bytes | files | reply, bytes | files |");
	puts("|---:|---|---|---:|---:|---:|---:|");
#define CALL "call"
#define POST "post"
#define VT_OP(num, NAME, name, how, req, req_fds, rep, rep_fds)                                \
	printf("| %d | `%s` | %s | %d | %d | %d | %d |\n", num, #NAME, how, req, req_fds, rep, \
	       rep_fds);
#include "proto/wire/op.def"
#undef VT_OP
	puts("<!-- end -->");
}

static void print_errors(void)
{
	puts("<!-- made of proto/base/err.def -->");
	puts("| errno | meaning | HSAKMT_STATUS |");
	puts("|---|---|---:|");
#define VT_ERR(errnum, status, text) printf("| `%s` | %s | %d |\n", #errnum, text, status);
#include "proto/base/err.def"
#undef VT_ERR
	puts("<!-- end -->");
}

int main(void)
{
	print_ops();
	print_errors();
	return 0;
}

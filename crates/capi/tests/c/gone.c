/* A server that goes away in the middle of a request is an error, and no signal: SIGPIPE would end this process. */
#include "support.h"
#include <signal.h>

int main(int count, char **arguments)
{
    CHECK(count == 3);
    signal(SIGPIPE, SIG_DFL);
    tcsms_client *good = client_to(arguments[1]), *bad = client_to(arguments[2]);
    static char body[4 << 20];
    size_t length = sprintf(body, "{\"SessionContext\":\"");
    memset(body + length, 'x', sizeof body - length - 3);
    memcpy(body + sizeof body - 3, "\"}", 3);
    for (int at = 0; at < 20; at++) {
        tcsms_buf out;
        CHECK(tcsms_call(bad, TEXT(META), TEXT(body), 10000, &out) == TCSMS_IO);
        CHECK(holds(out.ptr, out.len, "\"maybe_sent\""));
        tcsms_buf_free(&out);
    }
    expect(good, META, "good", 0, TCSMS_OK, "good");
    tcsms_client_free(good);
    tcsms_client_free(bad);
    return 0;
}

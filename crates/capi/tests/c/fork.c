/* A process forks while its client has connections of both engines: both sides go on, each with its own answers. */
#include "support.h"
#include <semaphore.h>
#include <sys/wait.h>
#include <unistd.h>

static void note(void *ud, int32_t status, const uint8_t *p, size_t n)
{
    (void)p, (void)n;
    CHECK(status == TCSMS_OK);
    sem_post(ud);
}

static void both_engines(const tcsms_client *client, const char *name)
{
    char context[64], body[128];
    sem_t done;
    sem_init(&done, 0, 0);
    for (int call = 0; call < 300; call++) {
        snprintf(context, sizeof context, "%s-%d.", name, call);
        expect(client, META, context, 10000, TCSMS_OK, context);
        snprintf(body, sizeof body, "{\"SessionContext\":\"%s\"}", context);
        CHECK(tcsms_call_async(client, TEXT(META), TEXT(body), 10000, note, &done, NULL) == TCSMS_OK);
        while (sem_wait(&done)) {
        }
    }
}

int main(int count, char **arguments)
{
    CHECK(count == 2);
    tcsms_client *client = client_to(arguments[1]), *unused = client_to(arguments[1]);
    both_engines(client, "before");
    pid_t children[4];
    for (int at = 0; at < 4; at++) {
        children[at] = fork();
        CHECK(children[at] >= 0);
        if (children[at] == 0) {
            char name[16];
            snprintf(name, sizeof name, "child%d", at);
            if (at % 2)
                /* The parent's thread is not there to be waited for. */
                both_engines(client, name);
            tcsms_client_free(unused);
            both_engines(client, name);
            CHECK(tcsms_shutdown(10000) == TCSMS_OK);
            tcsms_client_free(client);
            exit(0);
        }
    }
    both_engines(client, "parent");
    for (int at = 0; at < 4; at++) {
        int status;
        CHECK(waitpid(children[at], &status, 0) == children[at]);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    both_engines(client, "after");
    pid_t child = fork();
    if (child == 0) {
        CHECK(tcsms_shutdown(10000) == TCSMS_OK);
        exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    tcsms_client_free(unused);
    tcsms_client_free(client);
    return 0;
}

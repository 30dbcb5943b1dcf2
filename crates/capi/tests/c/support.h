/* What the programs have in common: checks that say where they failed, and short ways to call. */
#ifndef SUPPORT_H
#define SUPPORT_H
#include "tcsms.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(what)                                                                                                    \
    do {                                                                                                               \
        if (!(what)) {                                                                                                 \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what);                                         \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

#define TEXT(text) ((const uint8_t *)(text)), strlen(text)
#define META "{\"version\":\"2021-01-11\",\"action\":\"SendSms\"}"

static inline tcsms_client *client_of(const char *format, const char *address)
{
    char config[512];
    snprintf(config, sizeof config, format, address);
    tcsms_client *client = NULL;
    tcsms_buf error;
    int32_t status = tcsms_client_new(TEXT(config), &client, &error);
    if (status != TCSMS_OK)
        fprintf(stderr, "%.*s\n", (int)error.len, (const char *)error.ptr);
    CHECK(status == TCSMS_OK && client && !error.ptr);
    return client;
}

static inline tcsms_client *client_to(const char *address)
{
    return client_of("{\"secret_id\":\"AKIDEXAMPLE\",\"secret_key\":\"SKEXAMPLE\",\"region\":\"ap-guangzhou\","
                     "\"connect_to\":\"%s\"}",
                     address);
}

/* Whether the bytes hold the text. */
static inline bool holds(const uint8_t *bytes, size_t count, const char *text)
{
    return bytes && memmem(bytes, count, text, strlen(text));
}

/* Makes a call and checks its status and a part of what came. */
static inline void expect(const tcsms_client *client, const char *meta, const char *context, uint32_t limit,
                          int32_t status, const char *part)
{
    char body[256];
    snprintf(body, sizeof body, "{\"SessionContext\":\"%s\"}", context);
    tcsms_buf out;
    int32_t came = tcsms_call(client, TEXT(meta), TEXT(body), limit, &out);
    if (came != status || !holds(out.ptr, out.len, part))
        fprintf(stderr, "%d: %.*s\n", (int)came, (int)out.len, (const char *)out.ptr);
    CHECK(came == status && holds(out.ptr, out.len, part));
    tcsms_buf_free(&out);
}
#endif

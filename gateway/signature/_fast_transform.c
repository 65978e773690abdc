/* The transform urn://smev-gov-ru/xmldsig/transform of plain canonical octets, in Woodstox's escaping.

   The input is what exclusive canonicalisation writes (Canonical XML 1.0, section 2.3): no entities but its own,
   double quotes, end tags everywhere. Whatever is not that, or is rare (no namespace, the prefix xml, processing
   instructions, names whose UTF-8 order is not their UTF-16 order, great depth), is answered with None: transform.py
   then takes the long way, and is what this is compared with. */

#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <string.h>
#include <stdlib.h>

enum { MAX_DEPTH = 200, MAX_BINDINGS = 600, MAX_ATTRIBUTES = 100, SHORT_TEXT = 11, PIECE = 512 };

typedef struct { const char *at; size_t length; } Text;

typedef struct { Text prefix, uri; } Binding;          /* what the input declares */
typedef struct { Text uri; unsigned number; } Mapping; /* what the output declares: number is N of nsN */
typedef struct { Text prefix, local, value, uri; } Attribute;
typedef struct { size_t bindings, mappings; Text name; Text local; unsigned number; } Open;

typedef struct {
    const char *at, *end;
    char *out;
    size_t used, room;
    Binding bindings[MAX_BINDINGS];
    Mapping mappings[MAX_BINDINGS];
    Open open[MAX_DEPTH];
    size_t binding_count, mapping_count, depth;
    unsigned counter; /* step 3b: one for the whole document, never decreased */
} State;

static int equal(Text a, Text b) { return a.length == b.length && memcmp(a.at, b.at, a.length) == 0; }

static int is(Text a, const char *literal) {
    return a.length == strlen(literal) && memcmp(a.at, literal, a.length) == 0;
}

/* UTF-8 order is UTF-16 order below U+E000. */
static int compare(Text a, Text b) {
    int order = memcmp(a.at, b.at, a.length < b.length ? a.length : b.length);
    return order ? order : (a.length > b.length) - (a.length < b.length);
}

static int ensure(State *s, size_t more) {
    if (s->room - s->used >= more) return 1;
    size_t room = (s->used + more) * 2;
    char *grown = realloc(s->out, room);
    if (!grown) return 0;
    s->out = grown;
    s->room = room;
    return 1;
}

static int put(State *s, const char *bytes, size_t length) {
    if (!ensure(s, length)) return 0;
    memcpy(s->out + s->used, bytes, length);
    s->used += length;
    return 1;
}

#define LITERAL(s, text) put(s, text, sizeof(text) - 1)
#define TRY(done) do { if (!(done)) return 0; } while (0)

static int put_prefix(State *s, unsigned number) {
    char written[16];
    int length = 0, digits = 0;
    char reversed[12];
    do { reversed[digits++] = (char)('0' + number % 10); number /= 10; } while (number);
    written[length++] = 'n';
    written[length++] = 's';
    while (digits) written[length++] = reversed[--digits];
    return put(s, written, (size_t)length);
}

/* A name up to one of the characters that may follow it; nothing that a parser would refuse is looked for here. */
static int name(State *s, Text *prefix, Text *local) {
    const char *start = s->at, *colon = NULL;
    for (; s->at < s->end; s->at++) {
        unsigned char c = (unsigned char)*s->at;
        if (c == ' ' || c == '=' || c == '>') break;
        if (c == ':') { TRY(!colon); colon = s->at; }
        else if (c < '-' || c == '/' || c >= 0xEE || (c > '9' && c < 'A')) return 0;
    }
    prefix->at = start;
    prefix->length = colon ? (size_t)(colon - start) : 0;
    local->at = colon ? colon + 1 : start;
    local->length = (size_t)(s->at - local->at);
    return local->length > 0 && (!colon || prefix->length > 0);
}

static int quoted(State *s, Text *value) {
    TRY(s->end - s->at > 2 && s->at[0] == '=' && s->at[1] == '"');
    s->at += 2;
    const char *close = memchr(s->at, '"', (size_t)(s->end - s->at));
    TRY(close);
    value->at = s->at;
    value->length = (size_t)(close - s->at);
    s->at = close + 1;
    return 1;
}

static int bind(State *s, Text prefix, Text uri) {
    TRY(s->binding_count < MAX_BINDINGS);
    for (size_t i = 0; i < uri.length; i++)
        if ((unsigned char)uri.at[i] >= 0xEE || uri.at[i] == '&' || uri.at[i] == '<') return 0;
    s->bindings[s->binding_count++] = (Binding){prefix, uri};
    return 1;
}

static int resolve(State *s, Text prefix, Text *uri) {
    for (size_t i = s->binding_count; i-- > 0;)
        if (equal(s->bindings[i].prefix, prefix)) {
            *uri = s->bindings[i].uri;
            return uri->length > 0;
        }
    return 0;
}

/* Step 3b: from the root to here. */
static int mapped(State *s, Text uri, unsigned *number) {
    for (size_t i = 0; i < s->mapping_count; i++)
        if (equal(s->mappings[i].uri, uri)) {
            *number = s->mappings[i].number;
            return 1;
        }
    TRY(s->mapping_count < MAX_BINDINGS);
    *number = s->counter;
    s->mappings[s->mapping_count++] = (Mapping){uri, s->counter++};
    return 1;
}

/* Canonical references in the output's spelling; anything else is not canonical. */
static int put_value(State *s, Text value) {
    const char *at = value.at, *end = at + value.length;
    while (at < end) {
        const char *reference = memchr(at, '&', (size_t)(end - at));
        const char *stop = reference ? reference : end;
        for (const char *c = at; c < stop; c++)
            if (*c == '<' || *c == '\t' || *c == '\n' || *c == '\r') return 0;
        TRY(put(s, at, (size_t)(stop - at)));
        if (!reference) return 1;
        size_t left = (size_t)(end - reference);
#define REFERENCE(in, written) \
        if (left >= sizeof(in) - 1 && memcmp(reference, in, sizeof(in) - 1) == 0) { \
            TRY(LITERAL(s, written)); at = reference + sizeof(in) - 1; continue; }
        REFERENCE("&amp;", "&amp;")
        REFERENCE("&lt;", "&lt;")
        REFERENCE("&quot;", "&quot;")
        REFERENCE("&#x9;", "&#x9;")
        REFERENCE("&#xA;", "&#xa;")
        REFERENCE("&#xD;", "&#xd;")
        return 0;
    }
    return 1;
}

static int start_tag(State *s) {
    TRY(s->depth < MAX_DEPTH);
    Open *open = &s->open[s->depth++];
    open->bindings = s->binding_count;
    open->mappings = s->mapping_count;
    Text prefix, uri;
    open->name.at = s->at;
    TRY(name(s, &prefix, &open->local));
    open->name.length = (size_t)(s->at - open->name.at);
    Attribute attributes[MAX_ATTRIBUTES];
    size_t count = 0;
    while (s->at < s->end && *s->at == ' ') {
        s->at++;
        Attribute found;
        TRY(name(s, &found.prefix, &found.local) && quoted(s, &found.value));
        if (is(found.prefix, "xmlns")) TRY(found.value.length && bind(s, found.local, found.value));
        else if (!found.prefix.length && is(found.local, "xmlns")) TRY(bind(s, (Text){found.local.at, 0}, found.value));
        else {
            TRY(count < MAX_ATTRIBUTES);
            attributes[count++] = found;
        }
    }
    TRY(s->at < s->end && *s->at == '>');
    s->at++;
    TRY(resolve(s, prefix, &uri));
    TRY(mapped(s, uri, &open->number));
    /* Step 3c: those with a namespace first, by (URI, local name); the others after, by local name. */
    for (size_t i = 0; i < count; i++) {
        Attribute found = attributes[i];
        found.uri = (Text){found.local.at, 0};
        if (found.prefix.length) TRY(resolve(s, found.prefix, &found.uri));
        size_t place = i;
        for (; place > 0; place--) {
            Attribute *before = &attributes[place - 1];
            int order = (found.uri.length == 0) - (before->uri.length == 0);
            if (!order) order = compare(found.uri, before->uri);
            if (!order) order = compare(found.local, before->local);
            TRY(order);
            if (order > 0) break;
            attributes[place] = *before;
        }
        attributes[place] = found;
    }
    TRY(LITERAL(s, "<") && put_prefix(s, open->number) && LITERAL(s, ":") && put(s, open->local.at, open->local.length));
    unsigned numbers[MAX_ATTRIBUTES];
    for (size_t i = 0; i < count; i++)
        if (attributes[i].uri.length) TRY(mapped(s, attributes[i].uri, &numbers[i]));
    for (size_t i = open->mappings; i < s->mapping_count; i++) {
        TRY(LITERAL(s, " xmlns:") && put_prefix(s, s->mappings[i].number) && LITERAL(s, "=\""));
        TRY(put(s, s->mappings[i].uri.at, s->mappings[i].uri.length) && LITERAL(s, "\""));
    }
    for (size_t i = 0; i < count; i++) {
        TRY(LITERAL(s, " "));
        if (attributes[i].uri.length) TRY(put_prefix(s, numbers[i]) && LITERAL(s, ":"));
        TRY(put(s, attributes[i].local.at, attributes[i].local.length) && LITERAL(s, "=\""));
        TRY(put_value(s, attributes[i].value) && LITERAL(s, "\""));
    }
    return LITERAL(s, ">");
}

static int end_tag(State *s) {
    TRY(s->depth);
    Open *open = &s->open[s->depth - 1];
    TRY((size_t)(s->end - s->at) > open->name.length && memcmp(s->at, open->name.at, open->name.length) == 0);
    s->at += open->name.length;
    TRY(*s->at == '>');
    s->at++;
    TRY(LITERAL(s, "</") && put_prefix(s, open->number) && LITERAL(s, ":") && put(s, open->local.at, open->local.length));
    s->binding_count = open->bindings;
    s->mapping_count = open->mappings;
    s->depth--;
    return LITERAL(s, ">");
}

/* The next character of canonical text: its first byte in `first`, its length in bytes as the return value. */
static size_t character(const char *at, const char *end, char *first) {
    *first = *at;
    if (*at != '&') {
        unsigned char c = (unsigned char)*at;
        size_t length = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
        return (size_t)(end - at) < length ? 0 : length;
    }
#define CHARACTER(in, character) \
    if ((size_t)(end - at) >= sizeof(in) - 1 && memcmp(at, in, sizeof(in) - 1) == 0) { \
        *first = character; return sizeof(in) - 1; }
    CHARACTER("&amp;", '&')
    CHARACTER("&lt;", '<')
    CHARACTER("&gt;", '>')
    CHARACTER("&#xD;", '\r')
    return 0;
}

static int text(State *s) {
    const char *start = s->at;
    const char *stop = memchr(start, '<', (size_t)(s->end - start));
    TRY(stop);
    size_t units = 0;
    int blank = 1, plain = 1;
    for (const char *at = start; at < stop;) {
        char first;
        size_t length = character(at, stop, &first);
        TRY(length && first != '\0');
        if (*at == '>' || *at == '\r') return 0; /* not canonical */
        if (*at == 0x7F || ((unsigned char)*at == 0xC2 && (unsigned char)at[1] < 0xA0)) return 0; /* written as references */
        if (*at == '&') plain = 0;
        if ((unsigned char)first > ' ') blank = 0;
        units += length == 4 && (unsigned char)first >= 0xF0 ? 2 : 1;
        at += length;
    }
    s->at = stop;
    if (blank) return 1; /* step 2 */
    TRY(s->depth);
    if (plain) return put(s, start, (size_t)(stop - start));
    int in_pieces = units > SHORT_TEXT, after_escaped = 0, after_bracket = 0;
    size_t unit = 0;
    for (const char *at = start; at < stop;) {
        char first;
        size_t length = character(at, stop, &first);
        if (in_pieces && unit >= PIECE) {
            unit -= PIECE;
            if (!unit) after_escaped = 1; /* the first of a piece; else that is half of a surrogate pair */
        }
        int escaped = 1;
        if (first == '&') TRY(LITERAL(s, "&amp;"));
        else if (first == '<') TRY(LITERAL(s, "&lt;"));
        else if (first == '\r') TRY(LITERAL(s, "&#xd;"));
        else if (first == '>' && (at == start || after_bracket || (in_pieces && after_escaped)))
            TRY(LITERAL(s, "&gt;"));
        else {
            escaped = 0;
            TRY(first == '>' ? LITERAL(s, ">") : put(s, at, length));
        }
        after_escaped = escaped;
        after_bracket = first == ']';
        unit += length == 4 && (unsigned char)first >= 0xF0 ? 2 : 1;
        at += length;
    }
    return 1;
}

static int whole(State *s) {
    int roots = 0;
    while (s->at < s->end) {
        if (*s->at != '<') {
            if (!s->depth) return 0;
            TRY(text(s));
        } else if (s->end - s->at < 3) {
            return 0;
        } else if (s->at[1] == '/') {
            s->at += 2;
            TRY(end_tag(s));
        } else {
            if (!s->depth && roots++) return 0;
            s->at++;
            TRY(start_tag(s));
        }
    }
    return roots == 1 && !s->depth;
}

static PyObject *transform(PyObject *module, PyObject *argument) {
    (void)module;
    char *octets;
    Py_ssize_t length;
    if (PyBytes_AsStringAndSize(argument, &octets, &length) < 0) return NULL;
    State *s = malloc(sizeof(State));
    if (!s) return PyErr_NoMemory();
    s->at = octets;
    s->end = octets + length;
    s->used = 0;
    s->room = (size_t)length + (size_t)length / 4 + 256;
    s->out = malloc(s->room);
    s->binding_count = s->mapping_count = s->depth = 0;
    s->counter = 1;
    PyObject *result = NULL;
    if (!s->out) {
        PyErr_NoMemory();
    } else {
        int done;
        Py_BEGIN_ALLOW_THREADS
        done = whole(s);
        Py_END_ALLOW_THREADS
        if (done) result = PyBytes_FromStringAndSize(s->out, (Py_ssize_t)s->used);
        else { result = Py_None; Py_INCREF(Py_None); }
    }
    free(s->out);
    free(s);
    return result;
}

static PyMethodDef METHODS[] = {
    {"transform", transform, METH_O,
     "transform(octets: bytes) -> bytes | None\n\nNone: these octets need the long way."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef MODULE = {PyModuleDef_HEAD_INIT, "_fast_transform", NULL, 0, METHODS, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__fast_transform(void) { return PyModule_Create(&MODULE); }

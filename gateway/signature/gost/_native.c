/* GOST R 34.10-2012 over any of its curves and Streebog (GOST R 34.11-2012), for a sandbox: fast, not constant-time.

   Numbers are 64-bit limbs, the least first; fields are in Montgomery form. A point times a number is read from a table
   of affine multiples: row i holds 1..2^w-1 times 2^(w i) P, so a multiplication is additions only. */

#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t u64;
typedef unsigned __int128 u128;
enum { LIMBS = 8, RELEASE_FROM = 65536 };

/* ---- fields ---- */

typedef struct {
    u64 m[LIMBS], r2[LIMBS], one[LIMBS], inverse;
    int n;
} Field;

typedef struct {
    Field p, q;
    u64 a[LIMBS]; /* Montgomery */
    int size, bits;
} Curve;

typedef struct { u64 x[LIMBS], y[LIMBS], z[LIMBS]; } Point; /* Jacobian; z = 0 is infinity */

static int compare(const u64 *a, const u64 *b, int n) {
    for (int i = n; i-- > 0;)
        if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
    return 0;
}

static int is_zero(const u64 *a, int n) {
    u64 all = 0;
    for (int i = 0; i < n; i++) all |= a[i];
    return !all;
}

static u64 subtract(u64 *out, const u64 *a, const u64 *b, int n) {
    u64 borrow = 0;
    for (int i = 0; i < n; i++) {
        u128 difference = (u128)a[i] - b[i] - borrow;
        out[i] = (u64)difference;
        borrow = (u64)(difference >> 64) & 1;
    }
    return borrow;
}

static u64 add(u64 *out, const u64 *a, const u64 *b, int n) {
    u64 carry = 0;
    for (int i = 0; i < n; i++) {
        u128 sum = (u128)a[i] + b[i] + carry;
        out[i] = (u64)sum;
        carry = (u64)(sum >> 64);
    }
    return carry;
}

static inline void f_add(const Field *f, u64 *out, const u64 *a, const u64 *b) {
    u64 carry = add(out, a, b, f->n);
    if (carry || compare(out, f->m, f->n) >= 0) subtract(out, out, f->m, f->n);
}

static inline void f_sub(const Field *f, u64 *out, const u64 *a, const u64 *b) {
    if (subtract(out, a, b, f->n)) add(out, out, f->m, f->n);
}

static inline __attribute__((always_inline)) void montgomery(const Field *f, u64 *out, const u64 *a, const u64 *b, const int n) {
    u64 t[LIMBS + 2] = {0};
    for (int i = 0; i < n; i++) {
        u64 carry = 0;
        for (int j = 0; j < n; j++) {
            u128 sum = (u128)a[j] * b[i] + t[j] + carry;
            t[j] = (u64)sum;
            carry = (u64)(sum >> 64);
        }
        u128 top = (u128)t[n] + carry;
        t[n] = (u64)top;
        t[n + 1] = (u64)(top >> 64);
        u64 factor = t[0] * f->inverse;
        u128 sum = (u128)factor * f->m[0] + t[0];
        carry = (u64)(sum >> 64);
        for (int j = 1; j < n; j++) {
            sum = (u128)factor * f->m[j] + t[j] + carry;
            t[j - 1] = (u64)sum;
            carry = (u64)(sum >> 64);
        }
        top = (u128)t[n] + carry;
        t[n - 1] = (u64)top;
        t[n] = t[n + 1] + (u64)(top >> 64);
    }
    if (t[n] || compare(t, f->m, n) >= 0) subtract(out, t, f->m, n);
    else memcpy(out, t, (size_t)n * 8);
}

static void f_mul(const Field *f, u64 *out, const u64 *a, const u64 *b) {
    if (f->n == 4) montgomery(f, out, a, b, 4);
    else montgomery(f, out, a, b, 8);
}

static void f_to(const Field *f, u64 *out, const u64 *a) { f_mul(f, out, a, f->r2); }

static void f_from(const Field *f, u64 *out, const u64 *a) {
    u64 one[LIMBS] = {1};
    f_mul(f, out, a, one);
}

/* Fermat: a^(m-2), four bits at a time. Zero stays zero. */
static void f_invert(const Field *f, u64 *out, const u64 *a) {
    u64 exponent[LIMBS], two[LIMBS] = {2}, powers[16][LIMBS], found[LIMBS];
    subtract(exponent, f->m, two, f->n);
    memcpy(powers[0], f->one, sizeof f->one);
    for (int i = 1; i < 16; i++) f_mul(f, powers[i], powers[i - 1], a);
    memcpy(found, f->one, sizeof f->one);
    for (int i = f->n * 16; i-- > 0;) {
        for (int k = 0; k < 4; k++) f_mul(f, found, found, found);
        unsigned digit = (unsigned)(exponent[i / 16] >> (i % 16 * 4)) & 15;
        if (digit) f_mul(f, found, found, powers[digit]);
    }
    memcpy(out, found, sizeof found);
}

static void f_init(Field *f, const u64 *modulus, int n) {
    memset(f, 0, sizeof *f);
    f->n = n;
    memcpy(f->m, modulus, (size_t)n * 8);
    u64 inverse = 1;
    for (int i = 0; i < 6; i++) inverse *= 2 - f->m[0] * inverse;
    f->inverse = (u64)0 - inverse;
    u64 power[LIMBS] = {1};
    while (compare(power, f->m, n) >= 0) subtract(power, power, f->m, n);
    for (int i = 0; i < 2 * 64 * n; i++) {
        f_add(f, power, power, power);
        if (i == 64 * n - 1) memcpy(f->one, power, sizeof power);
    }
    memcpy(f->r2, power, sizeof power);
}

static void from_big(u64 *out, const unsigned char *bytes, int size) {
    memset(out, 0, LIMBS * 8);
    for (int i = 0; i < size; i++) out[i / 8] |= (u64)bytes[size - 1 - i] << (i % 8 * 8);
}

static void from_little(u64 *out, const unsigned char *bytes, int size) {
    memset(out, 0, LIMBS * 8);
    for (int i = 0; i < size; i++) out[i / 8] |= (u64)bytes[i] << (i % 8 * 8);
}

static void to_big(unsigned char *out, const u64 *a, int size) {
    for (int i = 0; i < size; i++) out[size - 1 - i] = (unsigned char)(a[i / 8] >> (i % 8 * 8));
}

/* ---- points ---- */

static void point_double(const Curve *c, Point *out, const Point *in) {
    const Field *f = &c->p;
    u64 xx[LIMBS], yy[LIMBS], yyyy[LIMBS], zz[LIMBS], s[LIMBS], m[LIMBS], t[LIMBS];
    if (is_zero(in->z, f->n)) { *out = *in; return; }
    f_mul(f, xx, in->x, in->x);
    f_mul(f, yy, in->y, in->y);
    f_mul(f, yyyy, yy, yy);
    f_mul(f, zz, in->z, in->z);
    f_add(f, s, in->x, yy);
    f_mul(f, s, s, s);
    f_sub(f, s, s, xx);
    f_sub(f, s, s, yyyy);
    f_add(f, s, s, s);
    f_add(f, m, xx, xx);
    f_add(f, m, m, xx);
    f_mul(f, t, zz, zz);
    f_mul(f, t, t, c->a);
    f_add(f, m, m, t);
    f_add(f, t, in->y, in->z);
    f_mul(f, t, t, t);
    f_sub(f, t, t, yy);
    f_sub(f, out->z, t, zz);
    f_mul(f, t, m, m);
    f_sub(f, t, t, s);
    f_sub(f, out->x, t, s);
    f_sub(f, s, s, out->x);
    f_mul(f, t, m, s);
    f_add(f, yyyy, yyyy, yyyy);
    f_add(f, yyyy, yyyy, yyyy);
    f_add(f, yyyy, yyyy, yyyy);
    f_sub(f, out->y, t, yyyy);
}

/* Adds the affine point (x, y). */
static void point_add(const Curve *c, Point *point, const u64 *x, const u64 *y) {
    const Field *f = &c->p;
    u64 zz[LIMBS], h[LIMBS], r[LIMBS], hh[LIMBS], hhh[LIMBS], v[LIMBS], t[LIMBS];
    if (is_zero(point->z, f->n)) {
        memcpy(point->x, x, (size_t)f->n * 8);
        memcpy(point->y, y, (size_t)f->n * 8);
        memcpy(point->z, f->one, sizeof f->one);
        return;
    }
    f_mul(f, zz, point->z, point->z);
    f_mul(f, h, x, zz);
    f_sub(f, h, h, point->x);
    f_mul(f, r, zz, point->z);
    f_mul(f, r, r, y);
    f_sub(f, r, r, point->y);
    if (is_zero(h, f->n)) {
        if (is_zero(r, f->n)) { Point same = *point; point_double(c, point, &same); }
        else memset(point->z, 0, sizeof point->z);
        return;
    }
    f_mul(f, hh, h, h);
    f_mul(f, hhh, hh, h);
    f_mul(f, v, point->x, hh);
    f_mul(f, t, r, r);
    f_sub(f, t, t, hhh);
    f_sub(f, t, t, v);
    f_sub(f, t, t, v);
    memcpy(point->x, t, (size_t)f->n * 8);
    f_sub(f, v, v, t);
    f_mul(f, v, v, r);
    f_mul(f, hhh, hhh, point->y);
    f_sub(f, point->y, v, hhh);
    f_mul(f, point->z, point->z, h);
}

/* Montgomery's trick: one inversion for all. None of the points is infinity. */
static int to_affine(const Curve *c, u64 *out, const Point *points, size_t count) {
    const Field *f = &c->p;
    int n = f->n;
    u64 (*products)[LIMBS] = malloc(count * sizeof *products);
    if (!products) return 0;
    u64 running[LIMBS], inverse[LIMBS], t[LIMBS];
    memcpy(running, f->one, sizeof running);
    for (size_t i = 0; i < count; i++) {
        memcpy(products[i], running, sizeof running);
        f_mul(f, running, running, points[i].z);
    }
    f_invert(f, inverse, running);
    for (size_t i = count; i-- > 0;) {
        u64 z[LIMBS];
        f_mul(f, z, inverse, products[i]);
        f_mul(f, inverse, inverse, points[i].z);
        f_mul(f, t, z, z);
        u64 x[LIMBS], y[LIMBS];
        f_mul(f, x, points[i].x, t);
        f_mul(f, t, t, z);
        f_mul(f, y, points[i].y, t);
        memcpy(out + i * 2 * (size_t)n, x, (size_t)n * 8);
        memcpy(out + i * 2 * (size_t)n + n, y, (size_t)n * 8);
    }
    free(products);
    return 1;
}

static int rows_of(const Curve *c, int window) { return (c->bits + window - 1) / window; }

static unsigned digit_of(const u64 *k, int n, int from, int width) {
    int limb = from / 64, shift = from % 64;
    u64 found = k[limb] >> shift;
    if (shift + width > 64 && limb + 1 < n) found |= k[limb + 1] << (64 - shift);
    return (unsigned)(found & (((u64)1 << width) - 1));
}

static void add_multiple(const Curve *c, Point *sum, const u64 *table, int window, const u64 *k) {
    int n = c->p.n, rows = rows_of(c, window);
    size_t each = ((size_t)1 << window) - 1;
    for (int row = 0; row < rows; row++) {
        unsigned digit = digit_of(k, n, row * window, window);
        if (!digit) continue;
        const u64 *entry = table + ((size_t)row * each + digit - 1) * 2 * (size_t)n;
        point_add(c, sum, entry, entry + n);
    }
}

/* Without a table, four bits at a time from the top. */
static int multiply(const Curve *c, Point *out, const u64 *x, const u64 *y, const u64 *k) {
    Point multiples[15];
    u64 affine[15 * 2 * LIMBS];
    int n = c->p.n;
    memset(&multiples[0], 0, sizeof(Point));
    point_add(c, &multiples[0], x, y);
    for (int i = 1; i < 15; i++) {
        multiples[i] = multiples[i - 1];
        point_add(c, &multiples[i], x, y);
    }
    if (!to_affine(c, affine, multiples, 15)) return 0;
    memset(out, 0, sizeof *out);
    for (int i = n * 16; i-- > 0;) {
        Point before;
        for (int j = 0; j < 4; j++) { before = *out; point_double(c, out, &before); }
        unsigned digit = digit_of(k, n, i * 4, 4);
        if (digit) point_add(c, out, affine + (digit - 1) * 2 * n, affine + (digit - 1) * 2 * n + n);
    }
    return 1;
}

/* ---- what Python calls ---- */

static const Curve *curve_in(PyObject *blob) {
    char *bytes;
    Py_ssize_t length;
    if (PyBytes_AsStringAndSize(blob, &bytes, &length) < 0) return NULL;
    if (length != (Py_ssize_t)sizeof(Curve)) {
        PyErr_SetString(PyExc_ValueError, "not a prepared curve");
        return NULL;
    }
    return (const Curve *)bytes;
}

static PyObject *prepare(PyObject *module, PyObject *args) {
    (void)module;
    const char *p, *a, *q;
    Py_ssize_t lp, la, lq;
    if (!PyArg_ParseTuple(args, "y#y#y#", &p, &lp, &a, &la, &q, &lq)) return NULL;
    if ((lp != 32 && lp != 64) || la != lp || lq != lp) {
        PyErr_SetString(PyExc_ValueError, "expected p, a and q of 32 or 64 bytes each");
        return NULL;
    }
    Curve c;
    memset(&c, 0, sizeof c);
    u64 number[LIMBS];
    int n = (int)lp / 8;
    c.size = (int)lp;
    from_big(number, (const unsigned char *)p, c.size);
    f_init(&c.p, number, n);
    from_big(number, (const unsigned char *)q, c.size);
    f_init(&c.q, number, n);
    for (c.bits = 64 * n; !(number[(c.bits - 1) / 64] >> ((c.bits - 1) % 64) & 1); c.bits--);
    from_big(number, (const unsigned char *)a, c.size);
    f_to(&c.p, c.a, number);
    return PyBytes_FromStringAndSize((const char *)&c, sizeof c);
}

static void point_in(const Curve *c, const char *bytes, u64 *x, u64 *y) {
    u64 number[LIMBS];
    from_big(number, (const unsigned char *)bytes, c->size);
    f_to(&c->p, x, number);
    from_big(number, (const unsigned char *)bytes + c->size, c->size);
    f_to(&c->p, y, number);
}

static PyObject *table(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *blob, *result = NULL;
    const char *point;
    Py_ssize_t length;
    int window;
    if (!PyArg_ParseTuple(args, "Oy#i", &blob, &point, &length, &window)) return NULL;
    const Curve *c = curve_in(blob);
    if (!c) return NULL;
    if (length != 2 * c->size || window < 2 || window > 10) {
        PyErr_SetString(PyExc_ValueError, "expected a point and a window of 2 to 10 bits");
        return NULL;
    }
    int rows = rows_of(c, window), n = c->p.n;
    size_t each = ((size_t)1 << window) - 1;
    Point *bases = malloc((size_t)rows * sizeof(Point)), *row = malloc(each * sizeof(Point));
    u64 *affine = malloc((size_t)rows * 2 * (size_t)n * 8);
    result = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)((size_t)rows * each * 2 * (size_t)n * 8));
    int done = bases && row && affine && result;
    if (done) {
        u64 *out = (u64 *)PyBytes_AsString(result);
        u64 x[LIMBS], y[LIMBS];
        point_in(c, point, x, y);
        Py_BEGIN_ALLOW_THREADS
        memset(&bases[0], 0, sizeof(Point));
        point_add(c, &bases[0], x, y);
        for (int i = 1; i < rows; i++) {
            bases[i] = bases[i - 1];
            for (int k = 0; k < window; k++) { Point before = bases[i]; point_double(c, &bases[i], &before); }
        }
        done = to_affine(c, affine, bases, (size_t)rows);
        for (int i = 0; done && i < rows; i++) {
            const u64 *base = affine + (size_t)i * 2 * (size_t)n;
            memset(&row[0], 0, sizeof(Point));
            point_add(c, &row[0], base, base + n);
            for (size_t k = 1; k < each; k++) { row[k] = row[k - 1]; point_add(c, &row[k], base, base + n); }
            done = to_affine(c, out + (size_t)i * each * 2 * (size_t)n, row, each);
        }
        Py_END_ALLOW_THREADS
    }
    free(bases);
    free(row);
    free(affine);
    if (!done) { Py_XDECREF(result); return PyErr_NoMemory(); }
    return result;
}

static const u64 *table_in(const Curve *c, PyObject *bytes, int window) {
    char *at;
    Py_ssize_t length;
    if (PyBytes_AsStringAndSize(bytes, &at, &length) < 0) return NULL;
    size_t expected = (size_t)rows_of(c, window) * (((size_t)1 << window) - 1) * 2 * (size_t)c->p.n * 8;
    if ((size_t)length != expected) {
        PyErr_SetString(PyExc_ValueError, "not a table of this curve and window");
        return NULL;
    }
    return (const u64 *)at;
}

/* e of the standard: the digest as a number, least byte first, modulo q; zero counts as one. */
static void number_of(const Curve *c, u64 *e, const char *digest) {
    from_little(e, (const unsigned char *)digest, c->size);
    while (compare(e, c->q.m, c->q.n) >= 0) subtract(e, e, c->q.m, c->q.n);
    if (is_zero(e, c->q.n)) e[0] = 1;
}

static void affine_x(const Curve *c, u64 *x, const Point *point) {
    u64 inverse[LIMBS];
    f_invert(&c->p, inverse, point->z);
    f_mul(&c->p, inverse, inverse, inverse);
    f_mul(&c->p, x, point->x, inverse);
    f_from(&c->p, x, x);
}

static int sign_one(const Curve *c, const u64 *g, int window, const char *d, const char *digest, const char *k, unsigned char *out) {
    const Field *q = &c->q;
    u64 key[LIMBS], nonce[LIMBS], e[LIMBS], r[LIMBS], s[LIMBS], t[LIMBS];
    from_big(key, (const unsigned char *)d, c->size);
    from_big(nonce, (const unsigned char *)k, c->size);
    number_of(c, e, digest);
    Point point;
    memset(&point, 0, sizeof point);
    add_multiple(c, &point, g, window, nonce);
    if (is_zero(point.z, c->p.n)) return 0;
    affine_x(c, r, &point);
    while (compare(r, q->m, q->n) >= 0) subtract(r, r, q->m, q->n);
    /* s = r d + k e, and a product of one number in Montgomery form and one that is not is not. */
    f_to(q, t, r);
    f_mul(q, s, t, key);
    f_to(q, t, nonce);
    f_mul(q, t, t, e);
    f_add(q, s, s, t);
    if (is_zero(r, q->n) || is_zero(s, q->n)) return 0;
    to_big(out, s, c->size);
    to_big(out + c->size, r, c->size);
    return 1;
}

static PyObject *sign(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *blob, *g_table;
    const char *d, *digest, *k;
    Py_ssize_t ld, le, lk;
    int window;
    if (!PyArg_ParseTuple(args, "OOiy#y#y#", &blob, &g_table, &window, &d, &ld, &digest, &le, &k, &lk)) return NULL;
    const Curve *c = curve_in(blob);
    if (!c) return NULL;
    if (ld != c->size || le != c->size || lk != c->size) {
        PyErr_SetString(PyExc_ValueError, "expected a key, a digest and a nonce of the curve's size");
        return NULL;
    }
    const u64 *g = table_in(c, g_table, window);
    if (!g) return NULL;
    unsigned char out[2 * LIMBS * 8];
    if (!sign_one(c, g, window, d, digest, k, out)) Py_RETURN_NONE;
    return PyBytes_FromStringAndSize((const char *)out, 2 * c->size);
}

static int verify_one(const Curve *c, const u64 *g, int wg, const u64 *own, int wk, const char *key, const char *digest, const char *signature) {
    const Field *q = &c->q, *f = &c->p;
    u64 s[LIMBS], r[LIMBS], e[LIMBS], v[LIMBS], z1[LIMBS], z2[LIMBS];
    from_big(s, (const unsigned char *)signature, c->size);
    from_big(r, (const unsigned char *)signature + c->size, c->size);
    if (is_zero(s, q->n) || is_zero(r, q->n) || compare(s, q->m, q->n) >= 0 || compare(r, q->m, q->n) >= 0) return 0;
    number_of(c, e, digest);
    f_to(q, v, e);
    f_invert(q, v, v);
    f_mul(q, z1, s, v);
    f_mul(q, z2, r, v);
    u64 zero[LIMBS] = {0};
    f_sub(q, z2, zero, z2);
    Point sum;
    memset(&sum, 0, sizeof sum);
    if (own) {
        add_multiple(c, &sum, own, wk, z2);
    } else {
        u64 x[LIMBS], y[LIMBS];
        point_in(c, key, x, y);
        if (!multiply(c, &sum, x, y, z2)) return -1;
    }
    add_multiple(c, &sum, g, wg, z1);
    if (is_zero(sum.z, f->n)) return 0;
    /* x mod q = r, where x = X / Z^2: compared without the division, for each x below p that is r modulo q. */
    u64 zz[LIMBS], candidate[LIMBS], t[LIMBS];
    f_mul(f, zz, sum.z, sum.z);
    memcpy(candidate, r, sizeof r);
    while (compare(candidate, f->m, f->n) < 0) {
        f_to(f, t, candidate);
        f_mul(f, t, t, zz);
        if (compare(t, sum.x, f->n) == 0) return 1;
        if (add(candidate, candidate, q->m, f->n)) break;
    }
    return 0;
}

static PyObject *verify(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *blob, *g_table, *own_table;
    const char *key, *digest, *signature;
    Py_ssize_t lk, le, ls;
    int wg, wk;
    if (!PyArg_ParseTuple(args, "OOiOiy#y#y#", &blob, &g_table, &wg, &own_table, &wk, &key, &lk, &digest, &le, &signature, &ls))
        return NULL;
    const Curve *c = curve_in(blob);
    if (!c) return NULL;
    if (lk != 2 * c->size || le != c->size || ls != 2 * c->size) Py_RETURN_FALSE;
    const u64 *g = table_in(c, g_table, wg), *own = NULL;
    if (!g) return NULL;
    if (own_table != Py_None && !(own = table_in(c, own_table, wk))) return NULL;
    int good = verify_one(c, g, wg, own, wk, key, digest, signature);
    if (good < 0) return PyErr_NoMemory();
    return PyBool_FromLong(good);
}

/* ---- Streebog (RFC 6986) ---- */

static u64 LPS[8][256], ROUND[12][8];

typedef struct {
    u64 h[8], n[8], sum[8];
    unsigned char rest[64];
    size_t held;
    int size;
} Streebog;

static void lps(u64 *out, const u64 *in) {
    u64 made[8];
    for (int i = 0; i < 8; i++) {
        int shift = 8 * i;
        made[i] = LPS[0][in[0] >> shift & 255] ^ LPS[1][in[1] >> shift & 255] ^ LPS[2][in[2] >> shift & 255] ^
                  LPS[3][in[3] >> shift & 255] ^ LPS[4][in[4] >> shift & 255] ^ LPS[5][in[5] >> shift & 255] ^
                  LPS[6][in[6] >> shift & 255] ^ LPS[7][in[7] >> shift & 255];
    }
    memcpy(out, made, sizeof made);
}

static void compress(u64 *h, const u64 *n, const u64 *m) {
    u64 key[8], text[8];
    for (int i = 0; i < 8; i++) key[i] = h[i] ^ n[i];
    lps(key, key);
    memcpy(text, m, sizeof text);
    for (int round = 0; round < 12; round++) {
        for (int i = 0; i < 8; i++) text[i] ^= key[i];
        lps(text, text);
        for (int i = 0; i < 8; i++) key[i] ^= ROUND[round][i];
        lps(key, key);
    }
    for (int i = 0; i < 8; i++) h[i] ^= text[i] ^ key[i] ^ m[i];
}

static void streebog_block(Streebog *s, const unsigned char *bytes, u64 bits) {
    u64 m[8], length[8] = {bits};
    from_little(m, bytes, 64);
    compress(s->h, s->n, m);
    add(s->n, s->n, length, 8);
    add(s->sum, s->sum, m, 8);
}

static void streebog_start(Streebog *s, int size) {
    memset(s, 0, sizeof *s);
    s->size = size;
    if (size == 32) memset(s->h, 1, sizeof s->h);
}

static void streebog_update(Streebog *s, const unsigned char *bytes, size_t length) {
    if (s->held) {
        size_t taken = 64 - s->held < length ? 64 - s->held : length;
        memcpy(s->rest + s->held, bytes, taken);
        s->held += taken;
        bytes += taken;
        length -= taken;
        if (s->held < 64) return;
        streebog_block(s, s->rest, 512);
        s->held = 0;
    }
    for (; length >= 64; bytes += 64, length -= 64) streebog_block(s, bytes, 512);
    if (length) memcpy(s->rest, bytes, length);
    s->held = length;
}

static void streebog_end(const Streebog *started, unsigned char *out) {
    Streebog s = *started;
    memset(s.rest + s.held, 0, 64 - s.held);
    s.rest[s.held] = 1;
    streebog_block(&s, s.rest, 8 * (u64)s.held);
    u64 zero[8] = {0};
    compress(s.h, zero, s.n);
    compress(s.h, zero, s.sum);
    unsigned char whole[64];
    for (int i = 0; i < 64; i++) whole[i] = (unsigned char)(s.h[i / 8] >> (i % 8 * 8));
    memcpy(out, whole + 64 - s.size, (size_t)s.size);
}

static PyObject *digest_of(PyObject *argument, int size) {
    const char *bytes;
    Py_ssize_t length;
    PyObject *wrapped = PyTuple_Pack(1, argument), *result = NULL;
    if (!wrapped) return NULL;
    if (PyArg_ParseTuple(wrapped, "y#", &bytes, &length)) {
        unsigned char out[64];
        Streebog s;
        streebog_start(&s, size);
        if (length >= RELEASE_FROM) {
            Py_BEGIN_ALLOW_THREADS
            streebog_update(&s, (const unsigned char *)bytes, (size_t)length);
            Py_END_ALLOW_THREADS
        } else {
            streebog_update(&s, (const unsigned char *)bytes, (size_t)length);
        }
        streebog_end(&s, out);
        result = PyBytes_FromStringAndSize((const char *)out, size);
    }
    Py_DECREF(wrapped);
    return result;
}

static PyObject *streebog256(PyObject *module, PyObject *argument) { (void)module; return digest_of(argument, 32); }
static PyObject *streebog512(PyObject *module, PyObject *argument) { (void)module; return digest_of(argument, 64); }

/* The state of a digest in the making is bytes: update returns the next one. */
static PyObject *streebog_begin(PyObject *module, PyObject *args) {
    (void)module;
    int size;
    if (!PyArg_ParseTuple(args, "i", &size)) return NULL;
    if (size != 32 && size != 64) { PyErr_SetString(PyExc_ValueError, "expected 32 or 64 bytes"); return NULL; }
    Streebog s;
    streebog_start(&s, size);
    return PyBytes_FromStringAndSize((const char *)&s, sizeof s);
}

static PyObject *streebog_more(PyObject *module, PyObject *args) {
    (void)module;
    const char *state, *bytes;
    Py_ssize_t ls, length;
    if (!PyArg_ParseTuple(args, "y#y#", &state, &ls, &bytes, &length)) return NULL;
    if (ls != (Py_ssize_t)sizeof(Streebog)) { PyErr_SetString(PyExc_ValueError, "not a digest in the making"); return NULL; }
    Streebog s;
    memcpy(&s, state, sizeof s);
    if (s.held > 63) { PyErr_SetString(PyExc_ValueError, "not a digest in the making"); return NULL; }
    if (length >= RELEASE_FROM) {
        Py_BEGIN_ALLOW_THREADS
        streebog_update(&s, (const unsigned char *)bytes, (size_t)length);
        Py_END_ALLOW_THREADS
    } else {
        streebog_update(&s, (const unsigned char *)bytes, (size_t)length);
    }
    return PyBytes_FromStringAndSize((const char *)&s, sizeof s);
}

static PyObject *streebog_done(PyObject *module, PyObject *args) {
    (void)module;
    const char *state;
    Py_ssize_t length;
    if (!PyArg_ParseTuple(args, "y#", &state, &length)) return NULL;
    Streebog s;
    if (length != (Py_ssize_t)sizeof s) { PyErr_SetString(PyExc_ValueError, "not a digest in the making"); return NULL; }
    memcpy(&s, state, sizeof s);
    if (s.held > 63 || (s.size != 32 && s.size != 64)) { PyErr_SetString(PyExc_ValueError, "not a digest in the making"); return NULL; }
    unsigned char out[64];
    streebog_end(&s, out);
    return PyBytes_FromStringAndSize((const char *)out, s.size);
}

/* The constants of the standard come from streebog_constants.py: they stand in the project once. */
static PyObject *streebog_constants(PyObject *module, PyObject *args) {
    (void)module;
    const char *pi, *matrix, *rounds;
    Py_ssize_t lp, lm, lr;
    if (!PyArg_ParseTuple(args, "y#y#y#", &pi, &lp, &matrix, &lm, &rounds, &lr)) return NULL;
    if (lp != 256 || lm != 64 * 8 || lr != 12 * 64) {
        PyErr_SetString(PyExc_ValueError, "expected 256 bytes, 64 words (big-endian), 12 blocks");
        return NULL;
    }
    u64 rows[64];
    for (int i = 0; i < 64; i++) {
        rows[i] = 0;
        for (int k = 0; k < 8; k++) rows[i] = rows[i] << 8 | (unsigned char)matrix[8 * i + k];
    }
    for (int word = 0; word < 8; word++)
        for (int value = 0; value < 256; value++) {
            u64 found = 0;
            for (int bit = 0; bit < 8; bit++)
                if ((unsigned char)pi[value] >> bit & 1) found ^= rows[63 - (8 * word + bit)];
            LPS[word][value] = found;
        }
    for (int i = 0; i < 12; i++) from_little(ROUND[i], (const unsigned char *)rounds + 64 * i, 64);
    Py_RETURN_NONE;
}

static PyMethodDef METHODS[] = {
    {"prepare", prepare, METH_VARARGS, "prepare(p, a, q) -> bytes: a curve, of big-endian numbers."},
    {"table", table, METH_VARARGS, "table(curve, x||y, window) -> bytes: multiples of a point."},
    {"sign", sign, METH_VARARGS, "sign(curve, table of G, window, d, digest, k) -> s||r, None where k will not do."},
    {"verify", verify, METH_VARARGS, "verify(curve, table of G, window, table of the key or None, window, x||y, digest, s||r)."},
    {"streebog_constants", streebog_constants, METH_VARARGS, "streebog_constants(pi, matrix, rounds): before anything else."},
    {"streebog256", streebog256, METH_O, "streebog256(bytes) -> 32 bytes."},
    {"streebog512", streebog512, METH_O, "streebog512(bytes) -> 64 bytes."},
    {"streebog_begin", streebog_begin, METH_VARARGS, "streebog_begin(size) -> state."},
    {"streebog_more", streebog_more, METH_VARARGS, "streebog_more(state, bytes) -> state."},
    {"streebog_done", streebog_done, METH_VARARGS, "streebog_done(state) -> digest."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef MODULE = {PyModuleDef_HEAD_INIT, "_native", NULL, 0, METHODS, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__native(void) { return PyModule_Create(&MODULE); }

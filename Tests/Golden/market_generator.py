"""Second implementation of the market generator, in plain Python floats; prints the fingerprints that
MarketGeneratorTests expects. Needs no package: python3 market_generator.py"""

import math
import struct

M32 = 0xFFFFFFFF


def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & M32, (p0 >> 32) ^ c[3] ^ k[1], p0 & M32]
        k = [(k[0] + 0x9E3779B9) & M32, (k[1] + 0xBB67AE85) & M32]
    return c


def uniforms(seed, stream, symbol, step, draw=0):
    b = philox((draw, step, symbol, stream), (seed & M32, seed >> 32))
    words = (b[1] << 32 | b[0], b[3] << 32 | b[2])
    return [float(w >> 12 << 1 | 1) * 2.0**-53 for w in words]


LN2 = (6.93147180369123816490e-01, 1.90821492927058770002e-10)


def exp(x):
    k = float(round(x * 1.4426950408889634))  # Python rounds halves to even
    r = (x - k * LN2[0]) - k * LN2[1]
    s = 1.0 / math.factorial(13)
    for n in range(12, 2, -1):
        s = s * r + 1.0 / math.factorial(n)
    s = r + r * r * (s * r + 0.5)
    return math.ldexp(1 + s, int(k))


def log(x):
    m, e = math.frexp(x)
    m, e = m * 2, e - 1
    if m > 1.4142135623730951:
        m, e = m * 0.5, e + 1
    f = m - 1
    s = f / (2 + f)
    z = s * s
    t = 1.0 / 23
    for n in range(21, 1, -2):
        t = t * z + 1.0 / n
    return e * LN2[0] + (e * LN2[1] + (f - s * (f - 2 * z * t)))


CENTER = (
    [3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
     1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
     3.3430575583588128105e4, 2.5090809287301226727e3],
    [1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
     2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,
     5.2264952788528545610e3],
)
MIDDLE = (
    [1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
     3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
     2.27238449892691845833e-2, 7.74545014278341407640e-4],
    [1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
     1.05075007164441684324e-9],
)


def ratio(r, c):
    top, bottom = float(c[0][7]), float(c[1][7])
    for i in range(6, -1, -1):
        top, bottom = top * r + c[0][i], bottom * r + c[1][i]
    return top / bottom


def quantile(p):
    q = p - 0.5
    if abs(q) <= 0.425:
        return q * ratio(0.180625 - q * q, CENTER)
    tail = math.sqrt(-log(p if q < 0 else 1 - p))
    assert tail <= 5  # the far tail is not met in samples of this size
    z = ratio(tail - 1.6, MIDDLE)
    return -z if q < 0 else z


def normals(*where):
    return [quantile(u) for u in uniforms(*where)]


def fingerprint(bars, symbols, seed=1, decimals=2, minute=False):
    bars_per_day = 390 if minute else 1
    a = 252.0 * (390.0 * 60e9) / 60e9 if minute else 252.0
    volatility = 0.25 / math.sqrt(a)
    market_volatility, own = 0.6 * volatility, 0.8 * volatility
    drift, gap = 0.05 / a, 0.05 if minute else 0.3
    market = [market_volatility * normals(seed, 0, 0, t)[0] for t in range(bars)]
    panel = [[0.0] * (bars * symbols) for _ in range(5)]
    for n in range(symbols):
        traits = normals(seed, 2, n, 0)
        beta = max(0.0, 1 + 0.3 * traits[0])
        log_volume = 14 - log(float(bars_per_day)) + traits[1]
        price = log(20.0) + uniforms(seed, 2, n, 1)[0] * log(10.0)
        variance = beta * beta * market_volatility * market_volatility + own * own
        previous = exp(price)
        for t in range(bars):
            move, reach = normals(seed, 1, n, t), normals(seed, 1, n, t, 1)
            rest = uniforms(seed, 1, n, t, 2)
            price += drift - 0.5 * variance + beta * market[t] + own * move[0]
            close = exp(price)
            opened = previous * exp(gap * volatility * move[1])
            previous = close
            high = max(opened, close) * exp(0.5 * volatility * abs(reach[0]))
            low = min(opened, close) * exp(-0.5 * volatility * abs(reach[1]))
            prices = [opened, high, low, close]
            if decimals is not None:
                scale = 10.0**decimals
                prices = [max(1.0, float(round(p * scale))) / scale for p in prices]
            volume = float(round(exp(log_volume + 0.4 * quantile(rest[1]))))
            for field, value in enumerate(prices + [volume]):
                panel[field][t * symbols + n] = value
    h = 0xCBF29CE484222325
    for field in panel:
        for value in field:
            bits = struct.unpack("<Q", struct.pack("<d", value))[0]
            h = (h ^ bits) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return hex(h)


print(fingerprint(300, 20))
print(fingerprint(300, 20, seed=2, decimals=None))
print(fingerprint(300, 20, minute=True))

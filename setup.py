"""The compiled parts, which a machine without a compiler does without; all else stands in pyproject.toml."""

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "gateway.signature.gost._native",
            ["gateway/signature/gost/_native.c"],
            extra_compile_args=["-O3"],
            py_limited_api=True,
            optional=True,
        ),
        Extension(
            "gateway.signature._fast_transform",
            ["gateway/signature/_fast_transform.c"],
            extra_compile_args=["-O2"],
            py_limited_api=True,
            optional=True,
        ),
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)

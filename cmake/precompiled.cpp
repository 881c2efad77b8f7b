// Precompiled headers are of a library, which needs a file: this one.

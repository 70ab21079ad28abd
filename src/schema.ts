/**
 * One small schema language for everything a person or a program writes to or reads from Ringfence: config, rules, the
 * analysis. From a schema come the check with file, line and column, the defaults, the example file, the reference docs
 * and the JSON Schema. (docs/decisions/: why not a library: none gives a place in the file and the nearest right word,
 * and the candidates cost 60–145 ms at start.)
 */
export {};

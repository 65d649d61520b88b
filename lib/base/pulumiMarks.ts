/** The key by which Pulumi marks special values in plain data (sdk/go/common/resource/plugin/rpc.go). */
export const signatureKey = "4dabf18193072939515e22adb298388d";

/** The mark of a secret under that key. */
export const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

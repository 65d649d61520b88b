/** Key by which Pulumi marks special values in plain data (sdk/go/common/resource/plugin/rpc.go). */
export const signatureKey = "4dabf18193072939515e22adb298388d";

/** Value of that key for a secret. */
export const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** As much of the peers as the benches touch; they are not installed where types are checked. */
declare module 'buffer/index.js' {
  export const Buffer: unknown;
}

declare module '@filen/sdk/dist/browser/crypto/encrypt.js' {
  export class Encrypt {
    constructor(sdk: unknown);
    data(parts: { data: Uint8Array; key: string }): Promise<Uint8Array>;
  }
}

declare module '@filen/sdk/dist/browser/crypto/utils.js' {
  export function generateEncryptionKey(use: 'file'): Promise<string>;
}

declare module '@noble/hashes/sha512' {
  export const sha512: { create(): { update(data: Uint8Array): void; digest(): Uint8Array } };
}

declare module 'tus-js-client' {
  export class Upload {
    constructor(
      file: Blob,
      options: {
        endpoint: string;
        chunkSize: number;
        retryDelays: null;
        storeFingerprintForResuming: boolean;
        onError(error: Error): void;
        onSuccess(): void;
      },
    );
    start(): void;
  }
}

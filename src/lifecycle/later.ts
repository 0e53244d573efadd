/** A promise that is there before what it stands for has begun. @internal */
export function later<T>(): { readonly promise: Promise<T>; readonly settle: (answer: Promise<T>) => void } {
  let settle!: (answer: Promise<T>) => void;
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}

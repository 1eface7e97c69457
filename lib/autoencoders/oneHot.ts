/** Whether of some inputs one is 1 and the others are 0. */
export function isOneHot(inputs: Float32Array, start: number, end: number): boolean {
  if (end - start === 1) return false;
  let ones = 0;
  for (let input = start; input < end; input++) {
    const value = inputs[input];
    if (value === 1) ones++;
    else if (value !== 0) return false;
  }
  return ones === 1;
}

/** The category with the largest share, as one-hot inputs. */
export function setLikeliest(inputs: Float32Array, shares: Float32Array): void {
  let largest = 0;
  for (let at = 1; at < shares.length; at++) {
    if ((shares[at] as number) > (shares[largest] as number)) largest = at;
  }
  inputs.fill(0);
  inputs[largest] = 1;
}

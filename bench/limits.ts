/** What stands in the way of a target that is missed: what profiles and models of the kernels showed. */
export const limits = {
  training:
    'Short products and what lies between them. A tile of AVX2 has 6 rows and 16 columns: where it begins ' +
    'and ends costs about a hundred cycles beside the 6 that each step of the depth takes, so a gradient ' +
    'over a batch of 128 rows reaches some 84 % of the peak; the tiles of AVX-512 are three times as ' +
    'large. Loading the batch, activations, and the square root and division of Adam add to it.',
  threads:
    'What limits one thread, and the memory and the clock that the cores share: the peak is that of ' +
    'registers, which no memory slows.',
  rival:
    'How near the rival is to the peak itself. A share of the peak p of the rival allows at most 1/p times ' +
    'as much; the target was set on a processor on which the rival reaches less.',
  smallNetwork:
    'Layers of 8 to 30 units: a product of so few inputs is over before its tile is under way (half of the ' +
    'time), random rows come from memory one cache line at a time (an eighth), and tanh, square roots and ' +
    'divisions are exact (a sixth). Vectors along the rows of a batch do not help on AVX2: the tiles are as ' +
    'many and as short, and the gradient of the weights becomes sums across vectors.',
  bf16:
    'Without AMX-BF16 or AVX512-BF16 products of bfloat16 numbers are computed by single-precision ' +
    'multiply-adds, which is correct but slower.',
  gemm:
    'For the gradient of the weights and products of 64 inputs the depth is short: the beginning and the ' +
    'end of a tile (see above) are not hidden.',
  largeGemm:
    'From 2048³ on an operand of 16.8 MB is read again for every 16 columns of the result, from memory where ' +
    'the third-level cache is not larger; batches of training are smaller. Blocks of rows would help.',
  oneThread:
    'The steps of so small a network run on one thread, however many there are; what differs is the machine.',
  oddSizes:
    'Vectors that are filled in part: ten outputs take as much as sixteen, or as a multiple of eight.',
  memory:
    'One row uses each weight once: 2.1 MB of weights come from the second- and third-level caches.',
  machine: 'Nothing known: look at the ± of the figures, and whether the machine was busy.',
} as const;

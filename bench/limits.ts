/** What stands in the way of a target that is missed: what profiles and models of the kernels showed. */
export const limits = {
  training:
    'What is no product: the square root and the division of Adam (6 % of the time of mlp-mnist on AVX2), ' +
    'activations, loading the batch in random order (6 % of that of ae-mnist), packing. The products ' +
    'themselves reach 85 to 96 %, the gradients of the weights least: they fetch what Adam needs meanwhile.',
  threads:
    'What limits one thread, and the memory and the clock that the cores share: the peak is that of ' +
    'registers, which no memory slows.',
  scaling:
    "Activations and transposed weights cross from one core's second-level cache to the other's between the " +
    'layers, so that two threads use 1.1 to 1.2 times the processor time of one; little of the rest is waiting.',
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
    'A gradient of the weights whose rows are far apart in memory has its operands packed before, which is up ' +
    'to a tenth of the work where the layer has few outputs; several threads pack more often.',
  largeGemm:
    'The gradient of the weights over batches of 2048 rows: the packed inputs of 64 columns fill the ' +
    'second-level cache, so they come from the third for every 16 outputs. Batches of training are smaller.',
  oneThread:
    'The steps of so small a network run on one thread, however many there are; what differs is the machine.',
  oddSizes:
    'Vectors that are filled in part: ten outputs take as much as sixteen, or as a multiple of eight.',
  memory:
    'One row uses each weight once: 2.1 MB of weights come from the second- and third-level caches.',
  halves:
    'Where half of the 2.1 MB of weights fits a second-level cache (2 MB), two threads take a third to a quarter of ' +
    'the time. On the AMD EPYC measured here one core reads weights at 80 to 91 GB/s wherever they lie, 0.6 MB of ' +
    'them or 5.3: half of them takes half as long, and so do weights of half the size (bf16), never less.',
  copies:
    'The rows are copied before the call returns, because the caller may change them while they wait: 0.4 to 0.5 ms of ' +
    'the 5.3 ms of 1,024 rows, on one thread. To compute meanwhile brings 1 % where there are two processors, as the ' +
    'thread that copies has one of them.',
  machine: 'Nothing known: look at the ± of the figures, and whether the machine was busy.',
} as const;

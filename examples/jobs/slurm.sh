#!/bin/bash
#SBATCH --job-name=training
#SBATCH --time=04:00:00
#SBATCH --cpus-per-task=8
#SBATCH --mem=8G
# After a failed node, or where it was preempted, the job is queued again, under the same number.
#SBATCH --requeue
# A minute before its time is over, SIGTERM goes to the steps of the job: to layerwise, not to this script.
#SBATCH --signal=TERM@60
#SBATCH --output=training-%j.log
#SBATCH --open-mode=append

# One that all nodes have: with another one the numbers would be others, and going on is refused.
export LAYERWISE_ISA=avx2

# The same words start the training and go on with it. Slurm starts this script in the folder of sbatch.
srun node_modules/.bin/layerwise train readings.csv --target power \
  --threads "$SLURM_CPUS_PER_TASK" --run run --resume --checkpoint-every 60s
code=$?

# A time limit, or SIGTERM: there is a checkpoint, and the job is not done. (After other failures it ends.)
case $code in
  75 | 143) scontrol requeue "$SLURM_JOB_ID" ;;
esac
exit "$code"

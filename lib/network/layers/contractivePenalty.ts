import { ArgumentError } from '../../errors.js';
import type { ContractivePenaltyLayer } from '../generated.js';
import { activationRow } from '../rows.js';
import type { LayerDefinition } from './definition.js';
import { parameterLayerDefinition } from './parameterLayer.js';
import type { LayerSpec } from './types.js';

export const contractivePenaltyDefinition: LayerDefinition<ContractivePenaltyLayer> = {
  ...parameterLayerDefinition<ContractivePenaltyLayer>('contractivePenalty'),

  requirePlace(_, { layers, index, path }) {
    const before = layers[index - 1];
    if (before !== undefined && hasKnownJacobian(before)) return;
    throw new ArgumentError({
      path: `${path}[${index}]`,
      expected:
        'a dense layer right before it, with weights of its own in the standard parametrisation and an activation of single units',
      received: before?.type ?? 'none',
      remedy: 'Put the penalty behind such a layer.',
    });
  },
};

function hasKnownJacobian(layer: LayerSpec): boolean {
  return (
    layer.type === 'dense' &&
    layer.tiedTo === undefined &&
    layer.parametrisation === undefined &&
    activationRow(layer.activation.type).scope === 'element'
  );
}

import { createLate, type ServiceDefinition } from '@anamnesis/service';
import { PLANS, PlansController } from './http/plansController.js';
import type { Plans } from './plans.js';
import { startTranslation } from './translation.js';

/** Translation as a service. */
export function translationDefinition(): ServiceDefinition {
  const plans = createLate<Plans>('Translation');
  return {
    name: 'translation',
    controllers: [PlansController],
    providers: [{ provide: PLANS, useValue: plans }],
    async onStart(context, hold) {
      plans.set(await startTranslation(context, hold));
    },
  };
}

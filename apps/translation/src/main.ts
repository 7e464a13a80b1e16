import { createLate, startService } from '@anamnesis/service';
import { PLANS, PlansController } from './http/plansController.js';
import type { Plans } from './plans.js';
import { startTranslation } from './translation.js';

const plans = createLate<Plans>('Translation');

await startService({
  name: 'translation',
  controllers: [PlansController],
  providers: [{ provide: PLANS, useValue: plans }],
  async onStart(context, hold) {
    plans.set(await startTranslation(context, hold));
  },
});

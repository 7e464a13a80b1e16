import { startService } from '@anamnesis/service';
import { translationDefinition } from './definition.js';

await startService(translationDefinition());

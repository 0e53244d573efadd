import { ConfigValidator } from 'breakwater/config';
import { expect, it } from 'vitest';

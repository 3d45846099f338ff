/** What the page of a library set runs on; `@…` and bare names are those of the set (library-set.ts). */
import * as reactDomClient from 'react-dom/client';
import { sharedModules } from '../../workbench/src/page/host/shared-modules';

Object.assign(globalThis, { libraries: { ...sharedModules, 'react-dom/client': reactDomClient } });

import { createRef } from 'react';

/** Menus and popovers are put here: inside the page's main landmark, for those who go from landmark to landmark. */
export const overlayRoot = createRef<HTMLDivElement>();

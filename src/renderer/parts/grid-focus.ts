/** The row that holds the grid's tab stop, or null when the grid is empty. */
export const focusedRow = (): HTMLElement | null => document.querySelector<HTMLElement>('[data-row][tabindex="0"]');

/** Where focus goes when a dialog or a menu closes: the grid's row, else the search field. */
export const focusGrid = (): HTMLElement | null => focusedRow() ?? document.querySelector<HTMLElement>('#search');

import { z } from 'zod';

/** What is read from one text. The descriptions are shown to the model. */
export const Invoice = z.object({
  isInvoice: z.boolean().describe('Whether the text asks for a payment'),
  sender: z.string().describe('The address that it came from'),
  number: z.string().nullable().describe('The number of the invoice'),
  amount: z.number().nullable().describe('What is to be paid, in EUR'),
  due: z.iso.date().nullable().describe('The day until which it is to be paid, YYYY-MM-DD'),
});

export type Invoice = z.infer<typeof Invoice>;

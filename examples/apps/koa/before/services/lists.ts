import { randomUUID } from 'node:crypto';

export interface Item {
  id: string;
  sku: string;
  title: string;
  cents: number;
}

export interface List {
  id: string;
  owner: string;
  name: string;
  items: Item[];
}

const lists = new Map<string, List>();

export const ofOwner = (owner: string): List[] => [...lists.values()].filter((list) => list.owner === owner);

export const find = (id: string): List | undefined => lists.get(id);

export function create(owner: string, name: string): List {
  const list = { id: randomUUID(), owner, name, items: [] };
  lists.set(list.id, list);
  return list;
}

export const remove = (id: string): boolean => lists.delete(id);

export function addItem(list: List, item: Omit<Item, 'id'>): Item {
  const added = { id: randomUUID(), ...item };
  list.items.push(added);
  return added;
}

/** Whether it was there. */
export function removeItem(list: List, id: string): boolean {
  const at = list.items.findIndex((item) => item.id === id);
  if (at >= 0) list.items.splice(at, 1);
  return at >= 0;
}

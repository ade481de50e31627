import type { Expression, SentenceGroup } from './template.ts';

/** Where names of lists and rules are looked up. */
export type NameScope = Pick<SentenceGroup, 'lists' | 'rules'>;

/** Whether `expression` may be nothing at all. Every name must exist, and no rule may contain itself. */
export function isOptional(expression: Expression, scope: NameScope): boolean {
  switch (expression.type) {
    case 'text':
      return expression.text === '';
    case 'space':
      return true;
    case 'sequence':
    case 'permutation':
      return expression.items.every((item) => isOptional(item, scope));
    case 'alternatives':
      return expression.choices.some((choice) => isOptional(choice.expression, scope));
    case 'list': {
      const list = scope.lists.get(expression.list);
      return list?.type === 'values' && list.values.some(({ spoken }) => isOptional(spoken, scope));
    }
    case 'range':
      return false;
    case 'rule': {
      const rule = scope.rules.get(expression.rule);
      return rule !== undefined && isOptional(rule, scope);
    }
  }
}

export const inbox = {
  empty: '没有待办',
  emptyHelp: '需要您同意、核对或处理的事项会出现在这里。',
} as const

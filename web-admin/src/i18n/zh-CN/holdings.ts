export const holdings = {
  controllers: { organisation: '组织', person: '个人', unsettled: '未定，按个人对待' },
} as const

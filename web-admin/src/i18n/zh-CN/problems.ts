/** 服务器返回的稳定代码；点号写作两个下划线。没有译文的代码原样显示。 */
export const problems = {
  'sign-in__refused': '账号或密码不正确。',
  'sign-in__locked': '尝试次数过多，账号已暂时锁定，请稍后再试。',
  'sign-in__too-many': '尝试次数过多，请稍后再试。',
  'sign-in__not-confirmed': '请先使用该组织发送的一次性设置链接。',
  'sign-in__no-membership': '该账号不属于任何组织。',
  membership__ended: '成员关系已结束，不能再登录。',
  power__missing: '您的角色没有这项权限。',
  departures__state: '当前状态下不能这样做',
  'departures__own-departure': '不能处理本人的离职',
  'instructions__own-request': '不能审批自己提交的请求',
  'instructions__not-an-approver': '需要由其他角色审批',
  'instructions__in-force-already': '已经生效',
  'departures__nothing-to-decide': '没有等待您审批的事项',
} as const

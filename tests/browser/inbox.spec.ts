import { expect } from 'vitest'
import { aNewPlace, calls, hrPosts, PASSWORD, takesUp, theClockReaches } from './place'
import { type House, hrSays, look, Somebody, story } from './words'

/** Another reason in each story: houses are shared. */
let told = 0
const unlike = () => `${++told}-${Math.floor(performance.now())}`

/** The security admin asks that data operators may read a class; returns the instruction's id. */
async function asks(han: Somebody, classes: string, purpose: string, reason: string): Promise<string> {
  const scope = { classes: [classes], operations: ['read'], roles: ['data_operator'] }
  const asked = await calls(han, 'POST', '/instructions', { kind: 'standing', purpose, reason, scope })
  expect(asked.id, JSON.stringify(asked)).toBeTruthy()
  return String(asked.id)
}

async function stateOf(who: Somebody, instruction: string): Promise<string> {
  return String((await calls(who, 'GET', `/instructions/${instruction}`)).state)
}

const row = (who: Somebody, reason: string) => who.page.getByRole('listitem').filter({ hasText: reason })

/** Moves with J until the card with a reason is in focus. */
async function movesTo(who: Somebody, reason: string) {
  await row(who, reason).waitFor()
  for (let step = 0; step < 60; step++) {
    if ((await row(who, reason).getAttribute('data-current')) === 'true') return
    const before = await who.page.locator('[data-current=true]').innerText()
    await who.page.keyboard.press('j')
    await expect.poll(() => who.page.locator('[data-current=true]').innerText()).not.toBe(before)
  }
  throw new Error(`no way to ${reason}`)
}

/** To the head of the list, however the page was left. */
async function opensTheInbox(who: Somebody) {
  await who.goesTo('/inbox')
  await who.page.getByRole('article').waitFor()
}

const bar = (who: Somebody, name: string) => who.page.getByRole('region', { name })

story('an approval is given by keyboard, taken back, given again, and counts once the page is left', async (house) => {
  const reason = `每月核算工资 ${unlike()}`
  const han = await Somebody.signedIn(house, 'security_admin')
  const asked = await asks(han, 'attendance.*', 'payroll', reason)
  const gu = await Somebody.signedIn(house, 'privacy_officer')
  await opensTheInbox(gu)
  await movesTo(gu, reason)
  await gu.page.getByRole('article').getByText(reason).waitFor()
  await gu.sees('不视为同意')
  await gu.takesAPicture('inbox')
  await gu.findsThePageInOrder()

  await gu.page.keyboard.press('a')
  await bar(gu, '刚刚作出的决定').getByText('同意 1 项').waitFor()
  await row(gu, reason).waitFor({ state: 'detached' })
  await gu.takesAPicture('inbox-held')
  await gu.findsThePageInOrder()
  await gu.page.keyboard.press('z')
  await row(gu, reason).waitFor()
  expect(await row(gu, reason).getAttribute('data-current')).toBe('true')
  expect(await stateOf(gu, asked)).toBe('pending')

  await gu.page.keyboard.press('a')
  await row(gu, reason).waitFor({ state: 'detached' })
  await gu.page.getByRole('link', { name: '离职处置', exact: true }).click()
  await expect.poll(() => stateOf(gu, asked)).toBe('in_force')
  await gu.goesTo('/inbox?tab=done')
  await row(gu, reason).getByText('您已同意').waitFor()
})

story('a no has its reason, and whoever asked reads it', async (house) => {
  const reason = `规划座机号段 ${unlike()}`
  const han = await Somebody.signedIn(house, 'security_admin')
  const asked = await asks(han, 'hr.landline', 'planning', reason)
  await han.goesTo('/inbox?tab=waiting')
  await row(han, reason).click()
  await han.page.getByRole('article').getByText('等待隐私负责人').waitFor()
  await han.takesAPicture('inbox-waiting')
  await han.findsThePageInOrder()

  const gu = await Somebody.signedIn(house, 'privacy_officer', { language: 'en', scheme: 'dark' })
  await opensTheInbox(gu)
  await movesTo(gu, reason)
  await gu.page.keyboard.press('d')
  const dialog = gu.page.getByRole('dialog', { name: 'Refuse this request?' })
  await dialog.getByRole('button', { name: 'Refuse' }).click()
  await dialog.getByText('Say why').waitFor()
  await dialog.getByLabel('Reason').fill('Not needed for planning.')
  await gu.takesAPicture('inbox-refuse')
  await gu.findsThePageInOrder()
  await dialog.getByRole('button', { name: 'Refuse' }).click()
  await bar(gu, 'What was just decided').getByText('1 refused').waitFor()
  // Nobody presses anything: it is sent when its time is over.
  await expect.poll(() => stateOf(gu, asked), { timeout: 20_000 }).toBe('refused')
  await han.goesTo(`/instructions/${asked}`)
  await han.sees('Not needed for planning.')
})

story('only what is alike is decided together, and what differs says why', async (house) => {
  const mark = unlike()
  const han = await Somebody.signedIn(house, 'security_admin')
  const alike = [
    await asks(han, 'hr.position', 'payroll', `岗位 ${mark}`),
    await asks(han, 'hr.department', 'payroll', `部门 ${mark}`),
  ]
  await asks(han, 'hr.mobile_phone', 'payroll', `手机 ${mark}`)
  await asks(han, 'hr.office_address', 'planning', `地址 ${mark}`)
  const gu = await Somebody.signedIn(house, 'privacy_officer')
  await opensTheInbox(gu)
  await movesTo(gu, `岗位 ${mark}`)
  await gu.page.keyboard.press('x')
  await gu.sees('已选 1 项')
  await row(gu, `手机 ${mark}`).getByRole('checkbox', { name: /敏感程度不同/ }).waitFor()
  await row(gu, `地址 ${mark}`).getByRole('checkbox', { name: /用途不同/ }).waitFor()
  await movesTo(gu, `地址 ${mark}`)
  await gu.page.keyboard.press('x')
  await gu.sees('不能与所选一并审批：用途不同')
  await row(gu, `部门 ${mark}`).getByRole('checkbox').click()
  await gu.sees('已选 2 项')
  await gu.takesAPicture('inbox-batch')
  await gu.findsThePageInOrder()
  await gu.page.keyboard.press('a')
  await bar(gu, '刚刚作出的决定').getByText('同意 2 项').waitFor()
  await gu.page.getByRole('link', { name: '指令', exact: true }).click()
  for (const one of alike) await expect.poll(() => stateOf(gu, one)).toBe('in_force')
})

story('of several, one that somebody settled meanwhile is named, and the others are decided all the same', async (house) => {
  const mark = unlike()
  const han = await Somebody.signedIn(house, 'security_admin')
  const gone = await asks(han, 'hr.position', 'payroll', `已收回 ${mark}`)
  const stays = await asks(han, 'hr.department', 'payroll', `仍有效 ${mark}`)
  const gu = await Somebody.signedIn(house, 'privacy_officer')
  const song = await Somebody.signedIn(house, 'primary_admin')
  await opensTheInbox(gu)
  await row(gu, `已收回 ${mark}`).getByRole('checkbox').click()
  await row(gu, `仍有效 ${mark}`).getByRole('checkbox').click()
  await calls(song, 'POST', `/instructions/${gone}/revoke`, { reason: '不再需要' })
  await gu.page.keyboard.press('a')
  await bar(gu, '刚刚作出的决定').getByText('同意 2 项').waitFor()
  const alert = gu.page.getByRole('alert')
  await alert.getByText('2 项均未决定').waitFor()
  await gu.takesAPicture('inbox-not-all')
  await gu.findsThePageInOrder()
  expect(await stateOf(gu, stays)).toBe('pending')
  await alert.getByRole('button', { name: '决定其余 1 项' }).click()
  await gu.page.getByRole('link', { name: '指令', exact: true }).click()
  await expect.poll(() => stateOf(gu, stays)).toBe('in_force')
})

story('what was decided goes out before somebody signs out', async (house) => {
  const reason = `签退前 ${unlike()}`
  const han = await Somebody.signedIn(house, 'security_admin')
  const asked = await asks(han, 'hr.landline', 'payroll', reason)
  const gu = await Somebody.signedIn(house, 'privacy_officer')
  await opensTheInbox(gu)
  await movesTo(gu, reason)
  await gu.page.keyboard.press('a')
  await row(gu, reason).waitFor({ state: 'detached' })
  await gu.page.keyboard.press('Control+k')
  await gu.page.getByRole('combobox').fill('退出登录')
  await gu.page.keyboard.press('Enter')
  await gu.page.waitForURL('**/sign-in')
  expect(await stateOf(han, asked)).toBe('in_force')
})

story('what was decided goes out when the page is left for another one, and is not said again by the next', async (house) => {
  const mark = unlike()
  const han = await Somebody.signedIn(house, 'security_admin')
  const [left, reloaded] = [
    await asks(han, 'hr.landline', 'payroll', `离开 ${mark}`),
    await asks(han, 'hr.position', 'payroll', `重新载入 ${mark}`),
  ]
  const gu = await Somebody.signedIn(house, 'privacy_officer')
  await opensTheInbox(gu)
  await movesTo(gu, `离开 ${mark}`)
  await gu.page.keyboard.press('a')
  await bar(gu, '刚刚作出的决定').getByText('同意 1 项').waitFor()
  await gu.page.goto('about:blank')
  await expect.poll(() => stateOf(han, left)).toBe('in_force')
  await opensTheInbox(gu)
  await movesTo(gu, `重新载入 ${mark}`)
  await gu.page.keyboard.press('a')
  await bar(gu, '刚刚作出的决定').getByText('同意 1 项').waitFor()
  await gu.page.reload()
  await expect.poll(() => stateOf(han, reloaded)).toBe('in_force')
  const approvals = (await calls(han, 'GET', `/instructions/${reloaded}`)).approvals as unknown[]
  expect(approvals.length).toBe(1)
})

story('a word waits for a session that is over and for a server that is gone, and then counts once', async (house) => {
  const mark = unlike()
  const han = await Somebody.signedIn(house, 'security_admin')
  const [over, gone] = [
    await asks(han, 'hr.landline', 'payroll', `会话结束 ${mark}`),
    await asks(han, 'hr.position', 'payroll', `服务器失联 ${mark}`),
  ]
  const gu = await Somebody.signedIn(house, 'privacy_officer')
  const elsewhere = await Somebody.signedIn(house, 'privacy_officer')
  await opensTheInbox(gu)
  await calls(elsewhere, 'POST', '/auth/sign-out-everywhere')
  await movesTo(gu, `会话结束 ${mark}`)
  await gu.page.keyboard.press('a')
  const again = gu.page.getByRole('dialog')
  await again.getByLabel('密码', { exact: true }).fill(gu.organisation.accounts.privacy_officer.password)
  await again.getByLabel('邮箱或手机号').fill(gu.organisation.accounts.privacy_officer.identifier)
  await gu.takesAPicture('inbox-session-over')
  await again.getByRole('button', { name: '登录', exact: true }).click()
  await again.waitFor({ state: 'detached' })
  await expect.poll(() => stateOf(han, over)).toBe('in_force')

  await opensTheInbox(gu)
  await movesTo(gu, `服务器失联 ${mark}`)
  await gu.page.context().setOffline(true)
  await gu.page.keyboard.press('a')
  await bar(gu, '刚刚作出的决定').getByText('正在发出').waitFor()
  await gu.sees('服务器暂时没有响应')
  await gu.takesAPicture('inbox-server-gone')
  await gu.page.context().setOffline(false)
  await expect.poll(() => stateOf(han, gone), { timeout: 20_000 }).toBe('in_force')
  const { approvals } = await calls(han, 'GET', `/instructions/${gone}`)
  expect((approvals as unknown[]).length).toBe(1)
})

story('a message that cannot be applied is applied again and settled from the list', async (house) => {
  const number = `X${Math.floor(Math.random() * 1e6)}`
  await hrSays(house, { type: 'member.leaving', data: { staff_number: number, last_day: '2030-01-31' } })
  const jiang = await Somebody.signedIn(house, 'hr_admin')
  await jiang.goesTo('/inbox')
  const waits = jiang.page.getByRole('listitem').filter({ hasText: '一条人事消息在等待' }).first()
  const read = jiang.page.getByRole('heading', { level: 2 }).first()
  await expect
    .poll(async () => (await jiang.page.reload(), await read.waitFor(), await waits.count()), { timeout: 30_000 })
    .toBe(1)
  await waits.click()
  await jiang.takesAPicture('inbox-message')
  await jiang.findsThePageInOrder()
  await jiang.page.keyboard.press('a')
  await jiang.sees('这一项不是审批，请用它自己的按钮处理')
  await jiang.page.keyboard.press('s')
  const dialog = jiang.page.getByRole('dialog')
  await dialog.getByLabel('理由').fill('测试消息，工号填写有误')
  await dialog.getByRole('button', { name: '办结' }).click()
  await dialog.waitFor({ state: 'detached' })
  await jiang.goesTo('/inbox?tab=done')
  await jiang.sees('测试消息，工号填写有误')
})

look('the inbox is read on a phone, in between and on a wide screen, in both languages and both schemes', async (house: House) => {
  const han = await Somebody.signedIn(house, 'security_admin')
  const reason = `${'很长的理由，'.repeat(30)}🧾 العربية ${unlike()}`
  const asked = await asks(han, 'attendance.*', 'payroll', reason)
  for (const language of ['zh-CN', 'en'] as const) {
    for (const width of [1440, 1024, 390] as const) {
      const scheme = width === 1024 ? 'dark' : 'light'
      const gu = await Somebody.signedIn(house, 'privacy_officer', { language, width, scheme })
      await gu.goesTo('/inbox')
      await row(gu, reason).waitFor()
      await gu.takesAPicture('inbox-list')
      await gu.findsThePageInOrder()
      await row(gu, reason).getByRole('link').click()
      await gu.page.getByRole('article').getByText(reason).waitFor()
      await gu.takesAPicture('inbox-card')
      await gu.findsThePageInOrder()
      await gu.goesTo('/inbox?tab=done')
      await gu.page.getByRole('listitem').filter({ hasText: /您已|You / }).first().waitFor()
      await gu.takesAPicture('inbox-done')
      await gu.findsThePageInOrder()
      const luo = await Somebody.signedIn(house, 'auditor', { language, width, scheme })
      await luo.goesTo('/inbox')
      await luo.page.getByRole('heading', { level: 2 }).waitFor()
      await luo.takesAPicture('inbox-empty')
      await luo.findsThePageInOrder()
    }
  }
  // On the phone a card is decided with a thumb.
  const gu = await Somebody.signedIn(house, 'privacy_officer', { width: 390 })
  await gu.goesTo('/inbox')
  await row(gu, reason).getByRole('link').click()
  await gu.page.getByRole('article').getByRole('button', { name: '同意' }).click()
  await bar(gu, '刚刚作出的决定').getByText('同意 1 项').waitFor()
  await gu.takesAPicture('inbox-held')
  await expect.poll(() => stateOf(gu, asked), { timeout: 20_000 }).toBe('in_force')
})

story('what nobody answers lapses on its day, which is no yes, and its author reads so', async (house) => {
  const { place, link } = await aNewPlace(house, '远山科技')
  const wang = await takesUp(link, place)
  const source = await calls(wang, 'POST', '/sources', { name: '人事系统' })
  for (const [staff_number, name] of [
    ['S0001', '韩立峰'],
    ['S0005', '顾思齐'],
  ]) {
    const data = { staff_number, name, email: `${staff_number}@yuanshan.example`, first_day: '2026-01-05' }
    await hrPosts(`${place.base_url}${source.path}`, String(source.secret), 'member.joined', data)
  }
  const members = async () => (await calls(wang, 'GET', '/members?limit=10')).items as { id: string; name: string }[]
  await expect.poll(async () => (await members()).length).toBe(3)
  const invited = async (name: string, role: string) => {
    const member = (await members()).find((m) => m.name === name)
    await calls(wang, 'POST', '/role-assignments', { membership_id: member?.id, role })
    const { setup_token } = await calls(wang, 'POST', `/members/${member?.id}/setup-link`, {})
    return takesUp(`/set-up#token=${setup_token}`, place)
  }
  const han = await invited('韩立峰', 'security_admin')
  const gu = await invited('顾思齐', 'privacy_officer')
  const asked = await asks(han, 'attendance.*', 'payroll', '每月核算工资')
  const { expires_at } = await calls(han, 'GET', `/instructions/${asked}`)
  const lapses = new Date(String(expires_at))

  const enters = async (who: Somebody, identifier: string) => {
    await who.goesTo('/inbox')
    await who.field('邮箱或手机号').fill(identifier)
    await who.field('密码').fill(PASSWORD)
    await who.button('登录').click()
    await who.page.getByRole('navigation').first().waitFor()
  }
  await theClockReaches(place, new Date(lapses.getTime() - 3_600_000))
  await enters(gu, 'S0005@yuanshan.example')
  await row(gu, '每月核算工资').getByText('今天是最后一天').waitFor()
  await gu.takesAPicture('inbox-last-day')
  await theClockReaches(place, new Date(lapses.getTime() + 60_000))
  await enters(gu, 'S0005@yuanshan.example')
  await gu.sees('没有待办')
  await enters(han, 'S0001@yuanshan.example')
  await han.goesTo(`/instructions/${asked}`)
  await han.sees('已失效')
  expect(await stateOf(han, asked)).toBe('expired')
})

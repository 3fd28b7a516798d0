import { expect } from 'vitest'
import { calls } from './place'
import { look, type Screen, Somebody, story } from './words'

let told = 0
const unlike = () => `${++told}-${Math.floor(performance.now())}`

async function chooses(who: Somebody, label: string, option: string, typed?: string) {
  const box = who.page.getByRole('combobox', { name: label })
  await box.click()
  if (typed) await box.fill(typed)
  await who.page.locator('.ant-select-item-option:visible').filter({ hasText: option }).first().click()
  await who.page.keyboard.press('Escape')
}

/** The first day of the month after this one, where the sample lives: an end that the calendar shows on its own page. */
function nextMonth(): string {
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(new Date())
  const day = new Date(`${today.slice(0, 7)}-01T00:00:00Z`)
  day.setUTCMonth(day.getUTCMonth() + 1)
  return day.toISOString().slice(0, 10)
}

interface Held {
  items: { holding_id: string }[]
}

story('what an instruction will permit is read before it is proposed, then used, found again, and taken back', async (house) => {
  const purpose = `通讯录核对 ${unlike()}`
  const reason = `${'每季度核对一次通讯录，'.repeat(16)}🧾 العربية`
  const ends = nextMonth()
  const han = await Somebody.signedIn(house, 'security_admin')
  await han.goesTo('/instructions')
  await han.button('提出指令').click()
  const preview = han.page.getByRole('complementary', { name: '它将意味着' })
  await preview.getByText('填完后').waitFor()
  // What lacks is said at its place, and nothing is sent.
  await han.button('提交').click()
  await han.sees('请选择角色')
  await han.takesAPicture('instruction-lacks')
  await han.findsThePageInOrder()
  await chooses(han, '允许哪些角色', '数据操作员')
  await chooses(han, '允许做什么', '查看')
  await chooses(han, '数据类别', '职位', 'hr.position')
  await han.field('用途').fill(purpose)
  await han.field('有效期至（可不填，直到撤销）').fill(ends)
  await han.field('理由').fill(reason)
  await preview.getByText('人的数据会受影响').waitFor()
  await preview.getByText(/数据操作员.*可以.*查看.*全体成员.*职位|数据操作员.*查看.*职位/).first().waitFor()
  await preview.getByText(/需要.*隐私负责人.*批准/).waitFor()
  const touched = Number(await preview.locator('p strong').filter({ hasText: /^\d+$/ }).first().innerText())
  expect(touched).toBeGreaterThan(20)
  await han.takesAPicture('instruction-preview')
  await han.findsThePageInOrder()
  await han.button('提交').click()
  await han.page.waitForURL(/\/instructions\/[0-9a-f-]{36}$/)
  const address = new URL(han.page.url()).pathname
  await han.sees('等待隐私负责人审批')
  // Nobody says yes to what they asked for.
  expect(await han.button('同意').isDisabled()).toBe(true)
  await han.takesAPicture('instruction-pending')
  await han.findsThePageInOrder()

  const gu = await Somebody.signedIn(house, 'privacy_officer')
  await gu.goesTo(address)
  await gu.button('同意').click()
  const asked = gu.page.getByRole('dialog')
  await asked.getByText('数据操作员').waitFor()
  await asked.getByRole('button', { name: '同意' }).click()
  await gu.page.getByRole('heading', { level: 1 }).waitFor()
  await gu.page.getByText('生效时间').waitFor()

  // A data operator reads one thing by it; the page says how often, and who.
  const song = await Somebody.signedIn(house, 'data_operator')
  const [member] = (await calls(song, 'GET', '/members?q=许砚秋')).items as { subject_id: string }[]
  const held = (await calls(song, 'GET', `/holdings?subject=${member?.subject_id}&class=hr.position`)) as unknown as Held
  const read = await song.page.request.get(`/api/v1/holdings/${held.items[0]?.holding_id}/content`, { params: { purpose } })
  expect(read.status(), await read.text()).toBe(200)
  await han.goesTo(address)
  const use = han.page.getByRole('region', { name: '使用情况' })
  await use.getByText('1 次').waitFor()
  await use.getByText('宋一鸣').waitFor()
  await han.takesAPicture('instruction-used')
  await han.findsThePageInOrder()

  await han.goesTo(`/instructions?view=calendar&month=${ends.slice(0, 7)}`)
  const entry = han.page.getByRole('button', { name: new RegExp(purpose) })
  await entry.waitFor()
  await han.takesAPicture('instruction-calendar')
  await han.findsThePageInOrder()
  await entry.click()
  await han.page.waitForURL(`**${address}`)

  // Whoever may take it back reads first what ends with it.
  await gu.goesTo(address)
  await gu.button('撤销').click()
  const ending = gu.page.getByRole('dialog')
  await ending.getByText(/1 名成员立即失去这项许可/).waitFor()
  await ending.getByText(/它被使用过 1 次/).waitFor()
  await ending.getByLabel('理由').fill('核对已经结束。')
  await gu.takesAPicture('instruction-revoke')
  await gu.findsThePageInOrder()
  await ending.getByRole('button', { name: '撤销' }).click()
  await ending.waitFor({ state: 'detached' })
  const again = await song.page.request.get(`/api/v1/holdings/${held.items[0]?.holding_id}/content`, { params: { purpose } })
  expect(again.status(), 'what was taken back permits nothing').toBe(403)
  await han.goesTo('/instructions?state=revoked&kind=standing')
  await han.page.getByRole('row').filter({ hasText: '数据操作员' }).first().waitFor()
  // A filter that matches nothing says so.
  await han.goesTo('/instructions?state=expired&kind=exceptional')
  await han.sees('没有符合条件的指令')
  await han.findsThePageInOrder()
})

look('instructions are read and written on a phone and in between, in both languages and both schemes', async (house) => {
  for (const screen of [
    { language: 'en', scheme: 'dark', width: 390 },
    { language: 'zh-CN', scheme: 'dark', width: 1024 },
  ] satisfies Screen[]) {
    const han = await Somebody.signedIn(house, 'security_admin', screen)
    const english = han.screen.language === 'en'
    await han.goesTo('/instructions')
    await han.page.getByRole('row').nth(1).waitFor()
    await han.takesAPicture('instructions')
    await han.findsThePageInOrder()
    await han.goesTo('/instructions?view=calendar')
    await han.page.getByRole('heading', { level: 2 }).first().waitFor()
    await han.takesAPicture('instructions-calendar')
    await han.findsThePageInOrder()
    await han.goesTo('/instructions/new?kind=exceptional')
    await han.button(english ? 'Propose' : '提交').click()
    await han.sees(english ? 'Choose people' : '请选择人员')
    await han.takesAPicture('instruction-new')
    await han.findsThePageInOrder()
  }
})

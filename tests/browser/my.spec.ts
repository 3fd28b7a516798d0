import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { type House, type Screen, Somebody, story } from './words'

const PLACES = {
  'zh-CN': ['归组织的', '归我的', '谁用过', '异议', '同意', '告知'],
  en: ['The organisation’s', 'Mine', 'Who used it', 'Contests', 'Consents', 'Notice'],
} as const

/** Goes through one's own pages as they stand in the navigation, and looks at each. */
async function looksThrough(who: Somebody, places: readonly string[], as: string) {
  for (const place of places) {
    const link = who.page.getByRole('navigation').getByRole('link', { name: place, exact: true })
    await link.click()
    await who.page.getByRole('navigation').locator('a[aria-current="page"]', { hasText: place }).waitFor()
    await who.page.getByRole('status', { name: /正在加载|Loading/ }).waitFor({ state: 'detached' })
    await who.page.getByRole('heading', { level: 1 }).waitFor()
    await who.takesAPicture(`${as}-${new URL(who.page.url()).pathname.split('/').pop()}`)
    await who.findsThePageInOrder()
  }
}

async function employee(house: House, screen: Screen): Promise<Somebody> {
  const he = await Somebody.signedIn(house, 'employee', screen)
  // Who has no role to administer anything lands on what is their own.
  await he.page.waitForURL('**/my/organisation')
  return he
}

story('an employee finds on a phone what is theirs, in both languages and both schemes', async (house) => {
  for (const screen of [
    { width: 390, language: 'zh-CN' },
    { width: 390, language: 'en', scheme: 'dark' },
    { width: 1440, language: 'en' },
  ] as const) {
    const he = await employee(house, screen)
    await he.page.getByRole('article').first().waitFor()
    await looksThrough(he, PLACES[screen.language], 'my')
  }
})

story('each kind of data says whose it is, why, and until when; and opens to its entries', async (house) => {
  const he = await employee(house, { width: 390 })
  const card = he.page.getByRole('article').first()
  await card.getByText(/保存/).first().waitFor()
  await card.getByRole('button', { name: '查看明细' }).click()
  await card.getByRole('region', { name: /的明细$/ }).getByRole('listitem').first().waitFor()
  const clause = card.getByRole('button', { expanded: false }).filter({ has: he.page.locator('code') }).first()
  await clause.click()
  await he.page.getByRole('region', { name: /^依据 / }).first().waitFor()
  await he.takesAPicture('my-clause')
})

story('a contest goes to the privacy officer, and her answer comes back', async (house) => {
  const he = await employee(house, { width: 390 })
  const card = he.page.getByRole('article').filter({ has: he.page.getByRole('button', { name: '提出异议' }) }).first()
  const name = (await card.getByRole('heading', { level: 2 }).textContent()) ?? ''
  await card.getByRole('button', { name: '提出异议' }).click()
  const asked = he.page.getByRole('dialog')
  await asked.getByText(`对“${name}”的归属提出异议`).waitFor()
  await asked.getByLabel('理由').fill('这是我自己的资料，入职时以个人名义提交。')
  await he.takesAPicture('my-contest')
  await he.findsThePageInOrder()
  await asked.getByRole('button', { name: '提交异议' }).click()
  await he.page.getByRole('article').filter({ hasText: name }).first().getByText('异议处理中').waitFor()

  const gu = await Somebody.signedIn(house, 'privacy_officer', { language: 'en' })
  await gu.goesTo('/contests')
  const waiting = gu.page.getByRole('article').filter({ hasText: '这是我自己的资料' })
  await waiting.waitFor()
  await gu.takesAPicture('contests')
  await gu.findsThePageInOrder()
  await waiting.getByRole('button', { name: 'Reject' }).click()
  const answer = gu.page.getByRole('dialog')
  await answer.getByLabel('Reason').fill('The law has the organisation keep it.')
  await gu.takesAPicture('contest-answer')
  await gu.findsThePageInOrder()
  await answer.getByRole('button', { name: 'Reject' }).click()
  await waiting.waitFor({ state: 'detached' })

  await he.page.goto('/my/contests')
  await he.sees('不成立')
  await he.sees('The law has the organisation keep it.')
  await he.takesAPicture('my-contest-answered')
  await he.findsThePageInOrder()
})

story('one entry of a kind is contested by itself', async (house) => {
  for (const screen of [{ width: 390 }, { width: 390, language: 'en', scheme: 'dark' }] satisfies Screen[]) {
    const he = await employee(house, screen)
    const english = he.screen.language === 'en'
    const kind = he.page.getByRole('article').filter({ hasText: english ? 'Labour contract status' : '劳动合同' }).first()
    await kind.getByRole('button', { name: english ? 'Show entries' : '查看明细' }).click()
    const entries = kind.getByRole('region').getByRole('listitem')
    await entries.nth(1).waitFor()
    await he.takesAPicture('my-entries')
    await he.findsThePageInOrder()
    if (english) continue
    await entries.first().getByRole('button', { name: '提出异议' }).click()
    const asked = he.page.getByRole('dialog')
    await asked.getByText('中的这一项提出异议').waitFor()
    await asked.getByLabel('理由').fill('这一份合同是我自己存的。')
    await asked.getByRole('button', { name: '提交异议' }).click()
    await entries.first().getByText('异议处理中').waitFor()
    expect(await entries.nth(1).getByText('异议处理中').count()).toBe(0)
    await he.page.goto('/my/contests')
    await he.sees('仅其中一项')
  }
})

story('the privacy officer publishes how she is reached, and the notice says it', async (house) => {
  const gu = await Somebody.signedIn(house, 'privacy_officer', { language: 'en' })
  await gu.goesTo('/contests?state=all')
  await gu.button('Change the contact').click()
  await gu.field('How to reach the privacy officer').fill('privacy@yuanshan.example')
  await gu.button('Save').click()
  await gu.sees('privacy@yuanshan.example')
  const he = await employee(house, { width: 390, language: 'en' })
  await he.page.goto('/my/notice')
  await he.sees('privacy@yuanshan.example')
  await he.findsThePageInOrder()
})

story('consent is given and withdrawn, and the dialog says what that does', async (house) => {
  const he = await employee(house, { width: 390 })
  await he.page.goto('/my/consents')
  const card = he.page.getByRole('article').first()
  await card.getByRole('button', { name: '同意', exact: true }).click()
  const asked = he.page.getByRole('dialog')
  await asked.getByText(/随时撤回/).waitFor()
  await he.takesAPicture('my-consent-give')
  await he.findsThePageInOrder()
  await asked.getByRole('button', { name: '明示同意' }).click()
  await he.page.getByRole('article').first().getByText('已同意').waitFor()
  await he.page.getByRole('article').first().getByRole('button', { name: '撤回同意' }).click()
  await he.page.getByRole('dialog').getByText(/改归您个人/).waitFor()
  await he.takesAPicture('my-consent-withdraw')
  await he.page.getByRole('dialog').getByRole('button', { name: '撤回同意' }).click()
  await he.page.getByRole('article').first().getByText('未同意').waitFor()
})

story('somebody who has left sees what became of their data, takes what is theirs, and gets no further', async (house) => {
  for (const screen of [
    { width: 390, language: 'zh-CN' },
    { width: 390, language: 'en', scheme: 'dark' },
  ] as const) {
    const lin = await Somebody.signedIn(house, 'leaver', screen)
    await lin.page.waitForURL('**/my/left')
    await lin.page.getByRole('heading', { level: 3 }).first().waitFor()
    await lin.takesAPicture('left')
    await lin.findsThePageInOrder()
    await looksThrough(lin, PLACES[screen.language], 'left')
    await lin.page.goto('/departures')
    await lin.page.waitForURL('**/my/left')
    const [download] = await Promise.all([
      lin.page.waitForEvent('download'),
      lin.button(screen.language === 'en' ? 'Download what is mine' : '下载归我的数据').click(),
    ])
    expect(download.suggestedFilename()).toBe('my-data.zip')
    const archive = readFileSync(await download.path())
    expect(archive.subarray(0, 4).toString('latin1')).toBe('PK\u0003\u0004')
    expect(archive.includes('index.json')).toBe(true)
  }
})

story('an admin comes to their own data from the account menu, and back', async (house) => {
  const jiang = await Somebody.signedIn(house, 'hr_admin', { language: 'en' })
  await jiang.page.getByRole('button', { name: /HR admin/ }).click()
  await jiang.page.getByRole('menuitem', { name: 'My data' }).click()
  await jiang.page.waitForURL('**/my/organisation')
  await jiang.button('Account').click()
  await jiang.page.getByRole('menuitem', { name: 'Admin console' }).click()
  await jiang.page.waitForURL('**/inbox')
})

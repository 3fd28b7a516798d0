import { expect } from 'vitest'
import { look, type Screen, Somebody } from './words'

const PARTS = ['control', 'classes', 'schedules', 'departures', 'approvals', 'roles'] as const

async function opens(who: Somebody, part: string) {
  await who.goesTo(`/packs?part=${part}`)
  await who.page.getByRole('status', { name: /正在加载|Loading/ }).waitFor({ state: 'detached' })
}

look('the pack in force is read as pages, each rule with its clause, and found by what one remembers of it', async (house) => {
  for (const [screen, parts] of [
    [{}, PARTS],
    [{ language: 'en', scheme: 'dark', width: 390 }, ['approvals']],
    [{ language: 'en', width: 1024 }, ['schedules']],
  ] satisfies [Screen, readonly string[]][]) {
    const luo = await Somebody.signedIn(house, 'auditor', screen)
    for (const part of parts) {
      await opens(luo, part)
      await luo.page.locator('main').getByRole('listitem').or(luo.page.getByRole('row')).nth(2).waitFor()
      await luo.takesAPicture(`pack-${part}`)
      await luo.findsThePageInOrder()
    }
  }
  const luo = await Somebody.signedIn(house, 'auditor')
  await opens(luo, 'control')
  const rules = luo.page.locator('main').getByRole('listitem')
  const all = await rules.count()
  await luo.page.getByRole('searchbox').fill('dingtalk-2.2.3')
  await expect.poll(() => rules.count()).toBeLessThan(all)
  // The clause opens to its place in the document.
  await luo.page.getByRole('button', { name: /dingtalk-2\.2\.3/ }).first().click()
  await luo.page.getByRole('region', { name: /^依据 dingtalk/ }).waitFor()
  await luo.takesAPicture('pack-clause')
  await luo.findsThePageInOrder()
  await luo.page.getByRole('searchbox').fill('没有这条规则')
  await luo.sees('没有匹配的内容')
})

look('two packs are compared thing by thing, and a rule is tried on facts that nobody has', async (house) => {
  for (const screen of [{}, { language: 'en', scheme: 'dark', width: 390 }] satisfies Screen[]) {
    const han = await Somebody.signedIn(house, 'security_admin', screen)
    const english = han.screen.language === 'en'
    await opens(han, 'compare')
    await han.page.getByRole('heading', { level: 2 }).filter({ hasText: english ? 'differences' : '处不同' }).first().waitFor()
    await han.page.getByRole('combobox', { name: english ? 'Compare with' : '与哪个策略包比较' }).click()
    await han.page.locator('.ant-select-item-option:visible').filter({ hasText: /Coremail|coremail|论客/i }).first().click()
    await expect.poll(() => han.page.url()).toContain('with=')
    await han.page.getByText(english ? 'only in force here' : '仅现行包有').first().waitFor()
    await han.takesAPicture('pack-compare')
    await han.findsThePageInOrder()

    await opens(han, 'try')
    await han.page.getByRole('combobox', { name: english ? 'class' : '数据类别' }).fill('im.internal_group')
    await han.page.locator('.ant-select-item-option:visible').first().click()
    await han.page.getByRole('combobox', { name: english ? 'conversation' : '会话' }).click()
    await han.page.locator('.ant-select-item-option:visible').filter({ hasText: english ? /^internal group$/ : /^内部群$/ }).click()
    await han.button(english ? 'Try' : '试判').click()
    await han.page.getByText(english ? 'decides' : '由此判定', { exact: true }).waitFor()
    await han.takesAPicture('pack-try')
    await han.findsThePageInOrder()
  }
})

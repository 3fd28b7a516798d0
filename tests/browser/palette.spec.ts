import { expect } from 'vitest'
import { look, type Screen, Somebody } from './words'

const paletteOf = (who: Somebody) => who.page.getByRole('combobox', { name: /^(查找或前往…|Find or go to…)$/ })

/** Opens the palette, types, and returns what is chosen then. */
async function seeks(who: Somebody, typed: string, offered: string | RegExp) {
  await who.page.keyboard.press('Control+k')
  const box = paletteOf(who)
  await box.waitFor()
  await box.fill(typed)
  const found = who.page.getByRole('option', { name: offered }).first()
  await found.waitFor()
  return found
}

look('from anywhere to a person, a departure, an instruction, a question or a verb, by keyboard alone', async (house) => {
  for (const screen of [{}, { language: 'en', scheme: 'dark', width: 1024 }] satisfies Screen[]) {
    const shen = await Somebody.signedIn(house, 'primary_admin', screen)
    const english = shen.screen.language === 'en'
    await shen.goesTo('/departures')
    await seeks(shen, 'xuyanqiu', /许砚秋/)
    await shen.takesAPicture('palette')
    await shen.findsThePageInOrder()
    await shen.page.keyboard.press('Enter')
    await shen.page.waitForURL(/\/people\/[0-9a-f-]{36}/)
    await shen.page.getByRole('heading', { level: 1, name: '许砚秋' }).waitFor()

    const departure = await seeks(shen, '林晓', english ? 'Departure of 林晓' : '林晓的离职处置')
    for (let step = 0; step < 10 && (await departure.getAttribute('aria-selected')) !== 'true'; step++) {
      await shen.page.keyboard.press('ArrowDown')
    }
    await shen.page.keyboard.press('Enter')
    await shen.page.waitForURL(`**/departures/${house.departure.id}`)

    // Pasted, with characters that nobody sees.
    await seeks(shen, english ? '\u200bDark\ufeff' : '\u200b深色\ufeff', english ? /Dark/ : /深色/)
    await shen.page.keyboard.press('Enter')
    await expect.poll(() => shen.page.locator('html').getAttribute('data-scheme')).toBe('dark')

    await shen.page.keyboard.press('?')
    const help = shen.page.getByRole('dialog', { name: english ? 'Keyboard' : '键盘' })
    await help.getByText(english ? 'Refuse, with a reason' : '拒绝并说明理由').waitFor()
    await shen.takesAPicture('help')
    await shen.findsThePageInOrder()
    await shen.page.keyboard.press('Escape')
    await help.waitFor({ state: 'detached' })
    await shen.page.keyboard.press('Control+k')
    await paletteOf(shen).fill('没有这个人👩‍🚀')
    await shen.sees(english ? 'Nothing matches' : '没有匹配的结果')
    await shen.takesAPicture('palette-nothing')
    await shen.findsThePageInOrder()
  }
  // An auditor asks the records from where they are.
  const luo = await Somebody.signedIn(house, 'auditor', { width: 390 })
  await luo.goesTo('/packs')
  await seeks(luo, '结果:refused 自:7d', /查询访问记录/)
  await luo.page.keyboard.press('Enter')
  await luo.page.waitForURL(/\/records\?.*outcome=refused/)
})

import { type Screen, Somebody, story } from './words'

async function chooses(who: Somebody, label: string, option: string, typed?: string) {
  const box = who.page.getByRole('combobox', { name: label })
  await box.click()
  if (typed) await box.fill(typed)
  await who.page.locator('.ant-select-item-option:visible').filter({ hasText: option }).first().click()
  await who.page.keyboard.press('Escape')
}

story('what an instruction would do is seen where it is written, and by whoever says yes', async (house) => {
  const author = await Somebody.signedIn(house, 'security_admin')
  await author.goesTo('/instructions/new?kind=standing')
  await chooses(author, '允许哪些角色', '人事管理员')
  await chooses(author, '允许做什么', '查看')
  await chooses(author, '数据类别', '考勤打卡信息', '打卡')
  await author.field('用途').fill('核对考勤')
  await author.field('理由').fill('每月核对考勤。')
  const preview = author.page.getByRole('complementary')
  await preview.getByRole('button', { name: '预演' }).click()
  await preview.getByText(/依据许可版本/).waitFor()
  await preview.getByText(/数据清单看了 [1-9]/).waitFor()
  await author.takesAPicture('rehearsal-draft')
  await author.findsThePageInOrder()
  await author.button('提交').click()
  await author.page.waitForURL(/\/instructions\/[0-9a-f-]{36}/)
  const page = new URL(author.page.url()).pathname

  // Whoever says yes finds it there, and may run it again.
  for (const screen of [{ width: 1440 }, { width: 390, language: 'en', scheme: 'dark' }] satisfies Screen[]) {
    const officer = await Somebody.signedIn(house, 'privacy_officer', screen)
    await officer.goesTo(page)
    await officer.page.getByText(/依据许可版本|on version/).waitFor()
    await officer.takesAPicture('rehearsal-approval')
    await officer.findsThePageInOrder()
    await officer.goesTo(`/inbox?card=instruction:${page.split('/').at(-1)}`)
    await officer.page.getByRole('link', { name: /天的.*条决定|decisions in/ }).waitFor()
    await officer.takesAPicture('rehearsal-card')
    await officer.findsThePageInOrder()
  }
})

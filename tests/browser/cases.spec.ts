import { type Screen, Somebody, story } from './words'

const SUBJECT = '许砚秋'
const ASSIGNEE = '宋一鸣'

async function chooses(who: Somebody, label: string, option: string, typed?: string) {
  const box = who.page.getByRole('combobox', { name: label })
  await box.click()
  if (typed) await box.fill(typed)
  await who.page.locator('.ant-select-item-option:visible').filter({ hasText: option }).first().click()
}

story('a case is opened for somebody else, is seen by whom it is assigned to, and is closed by them', async (house) => {
  for (const screen of [{ width: 1440 }, { width: 390 }] satisfies Screen[]) {
    const officer = await Somebody.signedIn(house, 'privacy_officer', screen)
    await officer.goesTo('/cases')
    await officer.button('立案').click()
    await chooses(officer, '所涉人员', SUBJECT, SUBJECT)
    await chooses(officer, '分配给', ASSIGNEE, ASSIGNEE)
    await chooses(officer, '开放的数据', '学历', '学历')
    await officer.page.keyboard.press('Escape')
    const matter = `核实投诉 ${screen.width}`
    await officer.page.getByLabel('案由').fill(matter)
    await officer.findsThePageInOrder()
    await officer.page.getByRole('dialog').getByRole('button', { name: '立案' }).click()
    await officer.page.getByText('已立案。').waitFor()
    await officer.takesAPicture(`cases-${screen.width}`)
    await officer.findsThePageInOrder()

    const song = await Somebody.signedIn(house, 'data_operator', screen)
    await song.goesTo('/cases?state=open')
    await song.page.getByRole('row', { name: new RegExp(SUBJECT) }).first().click()
    await song.page.getByText(matter).waitFor()
    await song.findsThePageInOrder()
    await song.button('关闭').last().click()
    await song.page.getByLabel('理由').fill('已经核实并答复。')
    await song.page.getByRole('dialog').getByRole('button', { name: '关闭' }).last().click()
    await song.page.getByText('案件已关闭。').waitFor()
  }
})

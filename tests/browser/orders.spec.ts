import { expect } from 'vitest'
import { calls } from './place'
import { type Screen, Somebody, story } from './words'

const SUBJECT = '许砚秋'

async function writes(who: Somebody, action: string) {
  await who.goesTo('/instructions/new?kind=order')
  await chooses(who, '执行什么', action)
}

async function chooses(who: Somebody, label: string, option: string, typed?: string) {
  const box = who.page.getByRole('combobox', { name: label })
  await box.click()
  if (typed) await box.fill(typed)
  await who.page.locator('.ant-select-item-option:visible').filter({ hasText: option }).first().click()
}

async function saysWhy(who: Somebody, why: string) {
  await who.field('用途').fill('本人请求')
  await who.field('理由').fill(why)
}

story('a correction is written where it belongs, counted before it is proposed, and carried out', async (house) => {
  const song = await Somebody.signedIn(house, 'data_operator')
  await writes(song, '更正')
  await chooses(song, '谁的数据', SUBJECT, SUBJECT)
  await chooses(song, '哪一项持有数据', '职位')
  await song.field('新的内容').fill('高级工程师')
  await saysWhy(song, '本人来信：职位已变更。')
  const preview = song.page.getByRole('complementary')
  await preview.getByText('人的数据会受影响').waitFor()
  await preview.getByText('职位').first().waitFor()
  await song.takesAPicture('order-correct')
  await song.findsThePageInOrder()
  await song.button('提交').click()
  await song.page.waitForURL(/\/instructions\/[0-9a-f-]{36}/)
  const id = song.page.url().split('/').at(-1)?.split('?')[0]
  await expect
    .poll(async () => (await calls(song, 'GET', `/instructions/${id}`)).state, { timeout: 20_000 })
    .toMatch(/carried_out|pending/)
})

story('copies that go to somebody else name whom, and who takes them is none of those who say yes', async (house) => {
  for (const screen of [{ width: 1440 }, { width: 390 }] satisfies Screen[]) {
    const song = await Somebody.signedIn(house, 'data_operator', screen)
    await writes(song, '共享')
    await chooses(song, '数据类别', '学历', '学历')
    await song.page.keyboard.press('Escape')
    await chooses(song, '谁的数据', SUBJECT, SUBJECT)
    await song.page.keyboard.press('Escape')
    await song.field(/^接收方/).fill('某某大学档案馆')
    await chooses(song, '由谁取走副本', '宋一鸣', '宋一鸣')
    await saysWhy(song, '核对学历。')
    const preview = song.page.getByRole('complementary')
    await preview.getByText('人的数据会受影响').waitFor()
    await preview.getByText(/需要.*批准/).first().waitFor()
    await song.takesAPicture('order-share')
    await song.findsThePageInOrder()
  }
})

story('an order for a whole department says how many it touches, and what a law keeps from it', async (house) => {
  const song = await Somebody.signedIn(house, 'data_operator')
  await writes(song, '匿名化')
  await chooses(song, '数据类别', '考勤打卡信息', '打卡')
  await song.page.keyboard.press('Escape')
  await chooses(song, '或某部门全体成员的数据', '平台组', '平台组')
  await song.page.keyboard.press('Escape')
  await saysWhy(song, '项目结束。')
  const preview = song.page.getByRole('complementary')
  await preview.getByText(/依法必须留存 \d+/).waitFor()
  await preview.getByText('没有可执行的数据，不能提交。').waitFor()
  await song.takesAPicture('order-department')
  await song.findsThePageInOrder()
})

import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Download } from 'playwright-core'
import { expect } from 'vitest'
import { calls } from './place'
import { type House, type Screen, Somebody, story } from './words'

/** What the program says of a file, on a machine of its own: without database, settings and network. */
function verified(house: House, file: string): { verified: boolean; result?: { kind: string; records: number } } {
  const key = house.organisations[0]?.verifier_key ?? ''
  const { stdout } = spawnSync(house.program, ['verify', file, '--key', key, '--json'], { encoding: 'utf8', env: {} })
  return JSON.parse(stdout)
}

const bar = (who: Somebody) => who.page.getByRole('combobox', { name: /^(查询条件|Query)$/ })
const rows = (who: Somebody) => who.page.getByRole('table', { name: /^(访问记录|Access records)$/ }).getByRole('row')

const conditionsOf = (address: URL) => [...address.searchParams].sort()
const conditions = (who: Somebody) => conditionsOf(new URL(who.page.url()))

/** Writes a condition and takes what is offered first. */
async function asks(who: Somebody, condition: string, offered: string) {
  await bar(who).fill(condition)
  const option = who.page.getByRole('option', { name: offered }).first()
  await option.waitFor()
  await bar(who).press('ArrowDown')
  await bar(who).press('Enter')
  await option.waitFor({ state: 'hidden' })
}

story('an auditor asks, keeps the question under a name, and the address says the same to somebody else', async (house) => {
  const song = await Somebody.signedIn(house, 'data_operator')
  expect((await calls(song, 'GET', '/records?limit=1')).code).toBe('power.missing')

  const luo = await Somebody.signedIn(house, 'auditor')
  await luo.goesTo('/records')
  await luo.sees('审计会话 · 只读')
  await bar(luo).fill('结')
  await luo.page.getByRole('option', { name: /^outcome:/ }).waitFor()
  await luo.takesAPicture('records-completion')
  await luo.findsThePageInOrder()
  await asks(luo, '结果:拒', '拒绝')
  await asks(luo, 'actor:宋一鸣', '宋一鸣')
  // Pasted from a mail, with characters that nobody sees.
  await bar(luo).fill('action:\u200brecords.read\ufeff')
  await bar(luo).press('Enter')
  await luo.page.getByRole('button', { name: '去掉条件：操作 查看访问记录' }).waitFor()
  const refused = rows(luo).filter({ hasText: '宋一鸣请求查看访问记录，被拒绝' })
  await refused.first().waitFor()
  expect(await rows(luo).count()).toBe((await refused.count()) + 1)
  await luo.takesAPicture('records-asked')
  await luo.findsThePageInOrder()
  const address = new URL(luo.page.url())
  expect(address.searchParams.get('outcome')).toBe('refused')

  await luo.button('视图').click()
  await luo.page.getByRole('menuitem', { name: '保存当前视图…' }).click()
  await luo.field('视图名称').fill('宋一鸣 · 被拒绝 👩‍🚀')
  await luo.button('保存').click()
  await luo.sees('已保存在此浏览器')
  await luo.button('全部清除').click()
  await expect.poll(() => conditions(luo)).toEqual([])
  await luo.button('视图').click()
  await luo.page.getByRole('menuitem', { name: '宋一鸣 · 被拒绝' }).click()
  await expect.poll(() => conditions(luo)).toEqual(conditionsOf(address))

  // The same address, on another machine.
  const elsewhere = await Somebody.signedIn(house, 'auditor', { language: 'en', scheme: 'dark', width: 1024 })
  await elsewhere.goesTo(address.pathname + address.search)
  await rows(elsewhere).filter({ hasText: '宋一鸣 tried to look at access records and was refused' }).first().waitFor()
  await elsewhere.takesAPicture('records-asked')
  await elsewhere.findsThePageInOrder()

  // What is no condition says so; what matches nothing says what would help.
  await bar(luo).fill('谁知道')
  await bar(luo).press('Enter')
  await luo.sees('“谁知道”不是查询条件')
  await bar(luo).fill('since:明天')
  await bar(luo).press('Enter')
  await luo.sees('“明天”不是时间')
  await bar(luo).fill('instruction:01900000-0000-7000-8000-000000000000')
  await bar(luo).press('Enter')
  await luo.sees('没有符合条件的记录')
  await luo.takesAPicture('records-nothing')
  await luo.findsThePageInOrder()
  // Whose console it is: it changes nothing.
  const asked = { kind: 'order', action: 'delete', purpose: 'audit', reason: '试', scope: { classes: ['hr.position'] } }
  expect((await calls(luo, 'POST', '/instructions', asked)).code).toBe('power.missing')
})

story('a record is a sentence, the text that was sealed, and a proof that anybody verifies', async (house) => {
  for (const screen of [{}, { language: 'en', scheme: 'dark', width: 390 }] satisfies Screen[]) {
    const luo = await Somebody.signedIn(house, 'auditor', screen)
    const english = luo.screen.language === 'en'
    await luo.goesTo('/records?action=departures.certify')
    await rows(luo).nth(1).click()
    const drawer = luo.page.getByRole('dialog')
    await drawer.getByText('"act": "departures.certify"').waitFor()
    await expect.poll(() => luo.page.url()).toContain('open=')
    await luo.takesAPicture('record')
    await luo.findsThePageInOrder()
    await drawer.getByRole('button', { name: english ? 'Get the proof' : '取得证明' }).click()
    const [saved] = await Promise.all([
      luo.page.waitForEvent('download'),
      drawer.getByRole('button', { name: english ? 'Save the file' : '保存文件' }).click(),
    ])
    expect(verified(house, await saved.path())).toMatchObject({ verified: true, result: { records: 1 } })
    await luo.takesAPicture('record-proof')
    await luo.findsThePageInOrder()
    // A deep link to the same, without the list it was opened from.
    const seq = new URL(luo.page.url()).searchParams.get('open')
    await luo.goesTo(`/records?open=${seq}`)
    await luo.page.getByRole('dialog').getByText('"act": "departures.certify"').waitFor()
  }
})

story('what happens comes in while one looks, how far all is sealed is said, and a bar leads to its time', async (house) => {
  const luo = await Somebody.signedIn(house, 'auditor')
  await luo.goesTo('/records')
  await luo.page.getByRole('note', { name: /完整封存至 .* · 检查点 \d/ }).waitFor()
  await luo.page.getByRole('switch').click()
  await luo.sees(/正在接收新记录|条新记录/)
  const before = await rows(luo).filter({ hasText: '韩立峰登录' }).count()
  await Somebody.signedIn(house, 'security_admin')
  await expect.poll(() => rows(luo).filter({ hasText: '韩立峰登录' }).count()).toBe(before + 1)
  await luo.sees(/\d+ 条新记录/)
  await luo.takesAPicture('records-live')
  await luo.findsThePageInOrder()
  await luo.page.getByRole('switch').click()

  // The chart says by itself, and as a table for who does not see it, how much of what there was.
  const chart = luo.page.getByRole('region', { name: '数量' })
  await chart.locator('canvas').waitFor()
  await chart.getByText('按操作').click()
  await expect.poll(() => luo.page.url()).toContain('by=act')
  await chart.getByRole('columnheader', { name: '其他' }).waitFor()
  await luo.takesAPicture('records-chart')
  await luo.findsThePageInOrder()
  const drawn = await chart.locator('canvas').boundingBox()
  if (!drawn) throw new Error('no chart')
  // Today is the last bar.
  await luo.page.mouse.click(drawn.x + drawn.width - 50, drawn.y + drawn.height / 2)
  await expect.poll(() => new URL(luo.page.url()).searchParams.get('since')).toMatch(/^\d{4}-\d\d-\d\d$/)
  await luo.page.getByRole('button', { name: /^去掉条件：至/ }).waitFor()
  await rows(luo).nth(1).waitFor()
})

story('an export says how far it is, can be stopped, and what came is verified offline', async (house) => {
  const luo = await Somebody.signedIn(house, 'auditor')
  await luo.goesTo(`/records?object=${house.departure.id}`)
  await rows(luo).nth(1).waitFor()
  await luo.button('导出').click()
  const dialog = luo.page.getByRole('dialog')
  await dialog.getByText('导出本身也会留下一条记录').waitFor()
  await luo.takesAPicture('records-export')
  await luo.findsThePageInOrder()
  // Over a thin line, it says what has come; stopped, nothing is saved.
  const line = await luo.page.context().newCDPSession(luo.page)
  const thin = { offline: false, latency: 0, downloadThroughput: 4_000, uploadThroughput: -1 }
  await line.send('Network.emulateNetworkConditions', thin)
  await dialog.getByRole('button', { name: '开始导出' }).click()
  await dialog.getByText(/已接收 [1-9]/).waitFor()
  await luo.takesAPicture('records-exporting')
  await luo.findsThePageInOrder()
  await dialog.getByRole('button', { name: '取消' }).click()
  await luo.sees('已取消，未保存文件')
  await line.send('Network.emulateNetworkConditions', { ...thin, downloadThroughput: -1 })

  const [file] = await Promise.all([
    luo.page.waitForEvent('download'),
    dialog.getByRole('button', { name: '开始导出' }).click(),
  ])
  await dialog.getByText('怎样核验').waitFor()
  await luo.takesAPicture('records-exported')
  await luo.findsThePageInOrder()
  await holdsOnlyAsItIs(house, file)

  await luo.goesTo('/records?export=true&since=24h')
  await dialog.getByRole('radio', { name: /CSV/ }).click()
  const [table] = await Promise.all([
    luo.page.waitForEvent('download'),
    dialog.getByRole('button', { name: '开始导出' }).click(),
  ])
  expect(table.suggestedFilename()).toMatch(/\.csv$/)
  await holdsOnlyAsItIs(house, table)
})

/** Verified as it came; with one letter changed, not. */
async function holdsOnlyAsItIs(house: House, file: Download) {
  const path = await file.path()
  const said = verified(house, path)
  expect(said.verified, JSON.stringify(said)).toBe(true)
  expect(said.result?.records).toBeGreaterThan(1)
  const text = readFileSync(path, 'utf8')
  const forged = `${path}-forged`
  writeFileSync(forged, text.replace('"done', '"dune').replace('""done', '""dune'))
  expect(readFileSync(forged, 'utf8')).not.toBe(text)
  expect(verified(house, forged).verified).toBe(false)
}

story('on every page, one key shows who had to do with what is in view', async (house) => {
  for (const screen of [{}, { language: 'en', scheme: 'dark', width: 390 }] satisfies Screen[]) {
    const luo = await Somebody.signedIn(house, 'auditor', screen)
    const english = luo.screen.language === 'en'
    await luo.goesTo(`/departures/${house.departure.id}`)
    await luo.page.keyboard.press('~')
    const drawer = luo.page.getByRole('dialog', { name: english ? 'Access records of what is in view' : '当前对象的访问记录' })
    const certified = drawer.getByRole('row').filter({ hasText: english ? 'certified departure' : '出具离职处置' })
    await certified.first().waitFor()
    await luo.takesAPicture('records-near')
    await luo.findsThePageInOrder()
    // Beside the sentence, whose words lead to where the thing is.
    await certified.first().getByText(english ? 'done' : '完成').click()
    await luo.page.getByRole('dialog').getByText('"act": "departures.certify"').waitFor()
    await luo.takesAPicture('records-near-one')
    await luo.findsThePageInOrder()
    await luo.page.keyboard.press('Escape')
    await drawer.getByRole('link', { name: english ? 'Open as a page' : '在访问记录页打开' }).click()
    await luo.page.waitForURL(`**/records?object=${house.departure.id}`)
    await rows(luo).nth(1).waitFor()
    await luo.findsThePageInOrder()
  }
  // Who may not read records is told so, and by what they would be.
  const jiang = await Somebody.signedIn(house, 'hr_admin', { width: 1024 })
  await jiang.goesTo(`/departures/${house.departure.id}`)
  await jiang.page.keyboard.press('~')
  await jiang.page.getByRole('dialog').getByText('您无权查看').waitFor()
  await jiang.takesAPicture('records-near-refused')
  await jiang.findsThePageInOrder()
})

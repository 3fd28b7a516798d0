import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import { expect } from 'vitest'
import { hrSays, look, Somebody, story, yesterday } from './words'

/** Nobody else leaves in these stories, so each takes somebody of their own. */
const LEAVER = { number: 'A0021', name: '程亦凡' }

story('from the webhook to the certificate that a stranger verifies', async (house) => {
  const jiang = await Somebody.signedIn(house, 'hr_admin')
  await jiang.goesTo('/departures')
  await hrSays(house, {
    type: 'member.leaving',
    data: { staff_number: LEAVER.number, last_day: yesterday(), reason: 'resignation', successor: 'A0012' },
  })
  const row = jiang.page.getByRole('row').filter({ hasText: LEAVER.number })
  // The list follows by itself.
  await row.click()
  await jiang.page.getByRole('heading', { level: 1, name: LEAVER.name }).waitFor()
  await jiang.sees('当日销毁')
  await jiang.takesAPicture('cockpit-planned')
  await jiang.findsThePageInOrder()

  // Emergency contacts are kept for a while; she lets them go today.
  await jiang.page.getByRole('button', { name: /紧急联系人/ }).first().click()
  const drawer = jiang.page.getByRole('dialog')
  await drawer.getByRole('radio', { name: /^删除/ }).click()
  await jiang.takesAPicture('line')
  await jiang.findsThePageInOrder()
  await drawer.getByRole('button', { name: '保存修改' }).click()
  await drawer.waitFor({ state: 'detached' })

  await jiang.button('提交审批').click()
  await jiang.page.getByRole('dialog').getByText(LEAVER.name).waitFor()
  await jiang.takesAPicture('submit')
  await jiang.page.getByRole('dialog').getByRole('button', { name: '提交审批' }).click()
  await jiang.sees(/等待.*审批/)
  // The yes is not hers to give: the button is there, and says why not.
  expect(await jiang.button('同意').isDisabled()).toBe(true)

  const gu = await Somebody.signedIn(house, 'privacy_officer', { language: 'en', scheme: 'dark' })
  await gu.page.goto(new URL(jiang.page.url()).pathname)
  await gu.button('Approve').click()
  const asked = gu.page.getByRole('dialog')
  await asked.getByText(LEAVER.name).waitFor()
  await asked.getByLabel('Reason (optional)').fill('In order. 🧾 '.repeat(15))
  await gu.takesAPicture('approve')
  await gu.findsThePageInOrder()
  await asked.getByRole('button', { name: 'Approve' }).click()
  // Every order, and every answer of the system outside, comes first.
  await gu.sees('The certificate is issued', 90_000)
  await gu.takesAPicture('cockpit-completed')
  await gu.findsThePageInOrder()

  await gu.page.getByRole('link', { name: 'Read and print' }).click()
  await gu.sees('tenure verify')
  await gu.findsThePageInOrder()
  await gu.takesAPicture('certificate')
  const dir = mkdtempSync(join(tmpdir(), 'tenure-story-'))
  const key = gu.organisation.verifier_key
  const verdict = (file: string) => execFileSync(house.program, ['verify', file, '--key', key], { encoding: 'utf8' })

  // On paper it proves nothing; what is attached to it does, and is the same for whoever asks again.
  const paper = gu.page.getByRole('link', { name: 'Download as PDF, with its proof' })
  const [printed] = await Promise.all([gu.page.waitForEvent('download'), paper.click()])
  const pdf = readFileSync(await printed.path())
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
  const again = await gu.page.request.get(String(await paper.getAttribute('href')))
  expect(pdf.equals(await again.body())).toBe(true)
  const attached = join(dir, 'attached.json')
  writeFileSync(attached, attachmentOf(pdf))
  expect(verdict(attached)).toContain('the key you trust')

  const [download] = await Promise.all([
    gu.page.waitForEvent('download'),
    gu.page.getByRole('link', { name: 'Download the file that anybody can verify' }).click(),
  ])
  const file = join(dir, 'certificate.json')
  await download.saveAs(file)
  expect(verdict(file)).toContain('the key you trust')
  expect(readFileSync(file).equals(readFileSync(attached))).toBe(true)
})

/** The file that a PDF carries: a stream by itself, compressed as ZIP is. */
function attachmentOf(pdf: Buffer): Buffer {
  const at = pdf.indexOf('/EmbeddedFile')
  const object = pdf.lastIndexOf(' obj', at)
  const begins = pdf.indexOf('stream', at)
  const length = Number(/\/Length (\d+)/.exec(pdf.subarray(object, begins).toString('latin1'))?.[1])
  const data = begins + 'stream'.length + (pdf[begins + 'stream'.length] === 13 ? 2 : 1)
  return inflateSync(pdf.subarray(data, data + length))
}

look('the cockpit is read on a phone, in between and on a wide screen, in both languages and both schemes', async (house) => {
  for (const language of ['zh-CN', 'en'] as const) {
    for (const width of [1440, 1024, 390] as const) {
      const scheme = width === 1024 ? 'dark' : 'light'
      const somebody = await Somebody.signedIn(house, 'privacy_officer', { language, width, scheme })
      await somebody.goesTo('/departures')
      await somebody.page.getByRole('row').filter({ hasText: house.departure.staff_number }).waitFor()
      await somebody.takesAPicture('departures')
      await somebody.findsThePageInOrder()
      await somebody.goesTo('/departures?view=calendar')
      await somebody.takesAPicture('departures-calendar')
      await somebody.findsThePageInOrder()
      await somebody.goesTo(`/departures/${house.departure.id}`)
      await somebody.page.getByRole('heading', { level: 3 }).first().waitFor()
      await somebody.takesAPicture('cockpit')
      await somebody.findsThePageInOrder()
    }
  }
})

story('the cockpit is worked without a mouse', async (house) => {
  const jiang = await Somebody.signedIn(house, 'hr_admin', { language: 'en' })
  const keys = jiang.page.keyboard
  await keys.press('Control+k')
  await jiang.page.getByRole('combobox', { name: 'Find or go to…' }).waitFor()
  await keys.type('Depart')
  await keys.press('Enter')
  await jiang.page.waitForURL('**/departures')
  await jiang.page.getByRole('row').filter({ hasText: house.departure.staff_number }).waitFor()
  await keys.press('j')
  await keys.press('Enter')
  await jiang.page.waitForURL('**/departures/*')
  await jiang.page.getByRole('heading', { level: 3 }).first().waitFor()
  await jiang.page.getByRole('button', { name: /E-mail message/ }).first().focus()
  await keys.press('Enter')
  await jiang.page.getByRole('dialog').waitFor()
  expect(jiang.page.url()).toContain('line=')
  await keys.press('Escape')
  await jiang.page.getByRole('dialog').waitFor({ state: 'detached' })
  await keys.press('?')
  await jiang.page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
})

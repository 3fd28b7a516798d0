import { expect } from 'vitest'
import { asProgram } from './place'
import { look, type Screen, Somebody } from './words'

look('what a connector has and nobody here knows is told, and the card opens that inventory', async (house) => {
  const admin = await asProgram(house, 'primary_admin')
  const connector = await admin('POST', '/connectors', { name: '邮件系统', callback_url: 'https://mail.example.com/tenure' })
  const inventory = await admin('POST', `/connectors/${connector.id}/inventory`, {})
  const answer = await fetch(`${house.base_url}/api/v1/connectors/${inventory.connector_id}/inventories/${inventory.id}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', authorization: `Bearer ${connector.api_key}` },
    body: ['mail/离职员工', `mail/${'很长的文件夹名称/'.repeat(12)}收件箱`, 'drive/🧾-2024'].map((locator) => JSON.stringify({ locator })).join('\n'),
  })
  expect(answer.status, await answer.text()).toBe(200)

  for (const screen of [{}, { language: 'en', scheme: 'dark', width: 390 }] satisfies Screen[]) {
    const zhou = await Somebody.signedIn(house, 'primary_admin', screen)
    const english = zhou.screen.language === 'en'
    await zhou.goesTo('/inbox')
    const what = english ? 'inventory of a connector' : '连接器的清单与已知数据不符'
    await zhou.page.getByRole('listitem').filter({ hasText: new RegExp(what, 'i') }).getByRole('link').click()
    await zhou.takesAPicture('inventory-card')
    await zhou.page.getByRole('button', { name: english ? /^Open the connector/ : /^打开连接器/ }).click()
    await zhou.page.waitForURL(`**/settings/connectors?connector=${inventory.connector_id}&inventory=${inventory.id}`)
    const drawer = zhou.page.getByRole('dialog')
    await drawer.getByText('drive/🧾-2024').waitFor()
    await zhou.takesAPicture('connector-inventory')
    await zhou.findsThePageInOrder()
  }
})

/** Preferences of a Firefox under test: quiet, asking nobody, downloads without a question. */

type Preferences = Record<string, string | number | boolean>;

export function firefoxPreferences(options: { downloads: string; uuids: Record<string, string> }): Preferences {
  return {
    'remote.active-protocols': 1,
    // nothing that asks the network or the person
    'app.update.disabledForTesting': true,
    'app.normandy.enabled': false,
    'browser.aboutwelcome.enabled': false,
    'browser.newtabpage.enabled': false,
    'browser.region.network.url': '',
    'browser.safebrowsing.malware.enabled': false,
    'browser.safebrowsing.phishing.enabled': false,
    'browser.shell.checkDefaultBrowser': false,
    'browser.startup.homepage': 'about:blank',
    'browser.startup.page': 0,
    'datareporting.policy.dataSubmissionEnabled': false,
    'dom.disable_open_during_load': false,
    'extensions.update.enabled': false,
    // looks for modules of media players a minute after the start
    'media.gmp-manager.updateEnabled': false,
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
    'network.http.http3.enable': false,
    'services.settings.server': 'data:,#remote-settings-dummy/v1',
    'startup.homepage_welcome_url': 'about:blank',
    'toolkit.telemetry.reportingpolicy.firstRun': false,
    'toolkit.telemetry.server': '',
    // the extension: a known address, its storage kept when the session ends, permissions granted when asked
    'extensions.autoDisableScopes': 0,
    'extensions.enabledScopes': 5,
    'extensions.webextOptionalPermissionPrompts': false,
    'extensions.webextensions.keepStorageOnUninstall': true,
    'extensions.webextensions.keepUuidOnUninstall': true,
    'extensions.webextensions.uuids': JSON.stringify(options.uuids),
    // downloads go to the folder, unasked
    'browser.download.dir': options.downloads,
    'browser.download.folderList': 2,
    'browser.download.manager.showWhenStarting': false,
    'browser.download.useDownloadDir': true,
    'browser.download.always_ask_before_handling_new_types': false,
    'browser.helperApps.neverAsk.saveToDisk': 'application/octet-stream,application/zip',
  };
}

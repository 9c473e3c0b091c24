/// The values of `format` that are enforced, as patterns.
enum StringFormat {
  /// The pattern of a format, or `nil` for formats that are not known.
  static func pattern(named name: String) -> String? {
    patterns[name].map { "^(?:\($0))$" }
  }

  private static let patterns: [String: String] = [
    "date": date,
    "time": time,
    "date-time": "(?:\(date))[Tt](?:\(time))",
    "duration": duration,
    "email": email,
    "hostname": hostname,
    "ipv4": ipv4,
    "ipv6": ipv6,
    "uuid": "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
    "uri": "\(scheme):(?:\(hierarchy))\(queryAndFragment)",
    "uri-reference": "(?:\(scheme):(?:\(hierarchy))|\(relative))\(queryAndFragment)",
    "json-pointer": "(?:/(?:[^/~]|~[01])*)*",
    "relative-json-pointer": "(?:0|[1-9][0-9]*)(?:#|(?:/(?:[^/~]|~[01])*)*)",
  ]

  /// RFC 3339, section 5.6, with the days that months have.
  private static let date: String = {
    let leap =
      "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29"
    return "[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
      + "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|\(leap)"
  }()

  /// RFC 3339; a leap second only where it is written in Coordinated Universal Time.
  private static let time =
    "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]+)?"
    + "(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
    + "|23:59:60(?:\\.[0-9]+)?(?:[Zz]|[+-]00:00)"

  /// ISO 8601, as RFC 3339, appendix A has it.
  private static let duration: String = {
    let seconds = "[0-9]+S"
    let minutes = "[0-9]+M(?:\(seconds))?"
    let hours = "[0-9]+H(?:\(minutes))?"
    let time = "T(?:\(hours)|\(minutes)|\(seconds))"
    let days = "[0-9]+D"
    let months = "[0-9]+M(?:\(days))?"
    let years = "[0-9]+Y(?:\(months))?"
    return "P(?:(?:\(days)|\(months)|\(years))(?:\(time))?|\(time)|[0-9]+W)"
  }()

  /// RFC 5321: a local part without comments, quoted or not, and a host.
  private static let email: String = {
    let atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
    let quoted = "\"(?:[ !#-\\[\\]-~]|\\\\[ -~])*\""
    return "(?:\(atom)(?:\\.\(atom))*|\(quoted))@(?:\(hostname)|\\[(?:\(ipv4)|IPv6:(?:\(ipv6)))\\])"
  }()

  /// RFC 1123, without the bound on the whole length.
  private static let hostname: String = {
    let label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    return "\(label)(?:\\.\(label))*"
  }()

  private static let ipv4: String = {
    let byte = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
    return "\(byte)(?:\\.\(byte)){3}"
  }()

  /// RFC 4291, section 2.2.
  private static let ipv6: String = {
    let group = "[0-9A-Fa-f]{1,4}"
    let last = "(?:\(group):\(group)|\(ipv4))"
    var forms = ["(?:\(group):){6}\(last)", "::(?:\(group):){5}\(last)"]
    for before in 0...4 {
      let start = before == 0 ? "(?:\(group))?" : "(?:(?:\(group):){0,\(before)}\(group))?"
      forms.append("\(start)::(?:\(group):){\(4 - before)}\(last)")
    }
    forms.append("(?:(?:\(group):){0,5}\(group))?::\(group)")
    forms.append("(?:(?:\(group):){0,6}\(group))?::")
    return forms.joined(separator: "|")
  }()

  // RFC 3986, appendix A.
  private static let scheme = "[A-Za-z][A-Za-z0-9+.-]*"
  private static let unit = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
  private static let authority: String = {
    let name = "(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*"
    let user = "(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*"
    let future = "[Vv][0-9A-Fa-f]+\\.[A-Za-z0-9._~!$&'()*+,;=:-]+"
    return "(?:\(user)@)?(?:\\[(?:\(ipv6)|\(future))\\]|\(name))(?::[0-9]*)?"
  }()
  private static let hierarchy =
    "//\(authority)(?:/\(unit)*)*|/(?:\(unit)+(?:/\(unit)*)*)?|\(unit)+(?:/\(unit)*)*|"
  private static let relative: String = {
    let first = "(?:[A-Za-z0-9._~!$&'()*+,;=@-]|%[0-9A-Fa-f]{2})+"
    return
      "(?://\(authority)(?:/\(unit)*)*|/(?:\(unit)+(?:/\(unit)*)*)?|\(first)(?:/\(unit)*)*|)"
  }()
  private static let queryAndFragment =
    "(?:\\?(?:\(unit)|[/?])*)?(?:#(?:\(unit)|[/?])*)?"
}

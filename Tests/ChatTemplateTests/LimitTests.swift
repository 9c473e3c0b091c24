import ChatTemplate
import Foundation
import Testing

/// Templates that want too much.
@Suite struct LimitTests {
  private static func code(
    _ source: String, _ context: TemplateValue = [:], _ options: TemplateOptions = .init()
  ) -> TemplateError.Code? {
    do throws(TemplateError) {
      _ = try ChatTemplate(source: source, limits: options.limits)
        .render(context, options: options)
      return nil
    } catch {
      return error.code
    }
  }

  private static func options(
    mutation: Bool = false, _ change: (inout TemplateLimits) -> Void = { _ in }
  ) -> TemplateOptions {
    var options = TemplateOptions(allowsMutation: mutation)
    change(&options.limits)
    return options
  }

  private static let hostile: [String] = [
    // Work without end.
    "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
    "{% set ns = namespace(x='a') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "{% set ns = namespace(x='a') %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "{% set ns = namespace(x=[1]) %}{% for i in range(999) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}",
    "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}"
      + "{{ ns.x }}",
    "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}"
      + "{{ ns.x|tojson }}",
    "{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}"
      + "{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
    // Much at once.
    "{{ 'a' * 999999999999 }}", "{{ [1] * 999999999999 }}", "{{ 'a'.center(999999999999) }}",
    "{{ 'a'.ljust(999999999999) }}", "{{ 'a'.zfill(999999999999) }}", "{{ range(999999999999) }}",
    "{{ range(-9223372036854775807, 9223372036854775807) }}", "{{ 'a'|indent(999999999999) }}",
    "{{ '%999999999d' % 1 }}", "{{ '{:999999999}'.format(1) }}", "{{ '%.999999999f' % 1 }}",
    "{{ '%*d' % (999999999, 1) }}", "{{ [1]|batch(999999999999, 0)|list }}",
    "{{ [1]|slice(999999999999)|list }}", "{{ [[1]]|tojson(indent=999999999999) }}",
    "{{ ('a' * 9999999)|replace('', 'aaaaaaaaaa') }}",
    "{{ ('a' * 9999999)|replace('a', 'aaaaaaaaaa') }}", "{{ ('\t' * 99999).expandtabs(99999) }}",
    "{{ ('a' * 999999)|list }}{{ ('a' * 9999999)|list }}", "{{ 'a'|center(999999999999) }}",
    "{{ ('a' * 9999999).join(range(9999)|map('string')) }}",
    "{{ range(9999)|join('a' * 9999999) }}",
    // Depth without end.
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
    "{% macro m(x) %}{{ caller(x) }}{% endmacro %}"
      + "{% macro n(x) %}{% call(y) m(x) %}{{ n(y) }}{% endcall %}{% endmacro %}{{ n(1) }}",
    "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    String(repeating: "{{ [", count: 100_000),
    "{{ " + String(repeating: "[", count: 100_000), "{{ " + String(repeating: "-", count: 100_000),
    "{{ " + String(repeating: "not ", count: 100_000) + "1 }}",
    "{{ " + String(repeating: "1 if 1 else ", count: 100_000) + "1 }}",
    String(repeating: "{% if 1 %}", count: 100_000),
    String(repeating: "{% for x in y %}", count: 100_000),
    "{% set " + String(repeating: "(", count: 100_000),
    "{{ 1 is " + String(repeating: "in (1 is ", count: 100_000),
  ]

  @Test(arguments: hostile)
  func hostileTemplatesAreStopped(_ source: String) {
    let code = Self.code(source, [:], Self.options { $0.steps = 300_000 })
    #expect(
      code == .limitExceeded || code == .syntax || code == .overflow, "\(source.prefix(80))")
  }

  @Test func longChainsAreNotDeep() throws {
    let sum = "{{ " + String(repeating: "1 + ", count: 20_000) + "1 }}"
    #expect(try ChatTemplate(source: sum).render([:]) == "20001")
    let chain = "{{ 'a'" + String(repeating: ".upper()", count: 20_000) + " }}"
    #expect(try ChatTemplate(source: chain).render([:]) == "A")
    let filters = "{{ 'a'" + String(repeating: "|upper", count: 20_000) + " }}"
    #expect(try ChatTemplate(source: filters).render([:]) == "A")
    let conditions = "{{ 1" + String(repeating: " if 1", count: 20_000) + " }}"
    #expect(try ChatTemplate(source: conditions).render([:]) == "1")
    let branches = "{% if 0 %}" + String(repeating: "{% elif 0 %}", count: 20_000) + "{% endif %}"
    #expect(try ChatTemplate(source: branches).render([:]) == "")
  }

  @Test func limitsCanBeSet() {
    let loop = "{% for i in range(100) %}a{% endfor %}"
    #expect(Self.code(loop) == nil)
    #expect(Self.code(loop, [:], Self.options { $0.steps = 100 }) == .limitExceeded)
    #expect(Self.code(loop, [:], Self.options { $0.outputBytes = 99 }) == .limitExceeded)
    #expect(Self.code(loop, [:], Self.options { $0.outputBytes = 100 }) == nil)
    #expect(Self.code(loop, [:], Self.options { $0.rangeElements = 99 }) == .limitExceeded)
    #expect(Self.code(loop, [:], Self.options { $0.elements = 99 }) == .limitExceeded)
    #expect(Self.code(loop, [:], Self.options { $0.templateBytes = 10 }) == .limitExceeded)
    #expect(Self.code("{{ [[1]] }}", [:], Self.options { $0.nesting = 3 }) == .limitExceeded)
    #expect(Self.code("{{ [[1]] }}", [:], Self.options { $0.valueNesting = 1 }) == .limitExceeded)
    #expect(Self.code("a", ["x": [[1]]], Self.options { $0.valueNesting = 1 }) == nil)
    #expect(
      Self.code("{{ x }}", ["x": [[1]]], Self.options { $0.valueNesting = 1 }) == .limitExceeded)
    #expect(Self.code("{{ 'a' * 9 }}", [:], Self.options { $0.stringBytes = 8 }) == .limitExceeded)
    let macro = "{% macro m(n) %}{{ m(n - 1) if n }}{% endmacro %}{{ m(3) }}"
    #expect(Self.code(macro) == nil)
    #expect(Self.code(macro, [:], Self.options { $0.callNesting = 10 }) == .limitExceeded)
  }

  @Test func changedListsMayContainThemselves() {
    let cycles = [
      "{% set l = [] %}{% set _ = l.append(l) %}{{ l }}",
      "{% set l = [] %}{% set _ = l.append(l) %}{{ l|tojson }}",
      "{% set l = [] %}{% set m = [] %}{% set _ = l.append(l) %}{% set _ = m.append(m) %}{{ l == m }}",
      "{% set d = {} %}{% set _ = d.update({'d': d}) %}{{ d }}",
      "{% set ns = namespace(l=[]) %}{% for i in range(9999) %}{% set n = [] %}"
        + "{% set _ = n.append(ns.l) %}{% set ns.l = n %}{% endfor %}{{ ns.l }}",
    ]
    for source in cycles {
      #expect(Self.code(source, [:], Self.options(mutation: true)) == .limitExceeded, "\(source)")
    }
    let chains = [
      "{% set ns = namespace(p=none) %}{% for i in range(9999) %}{% set ns = namespace(p=ns) %}"
        + "{% endfor %}",
      "{% set ns = namespace(l=none) %}{% for i in range(9999) %}{% set old = ns.l %}"
        + "{% macro m() %}{{ old }}{% endmacro %}{% set ns.l = m %}{% endfor %}",
      "{% set ns = namespace(l=none) %}{% for i in range(9999) %}{% set _ = loop.changed(ns.l) %}"
        + "{% for j in [1] %}{% set _ = loop.changed(ns.l) %}{% set ns.l = loop %}{% endfor %}"
        + "{% endfor %}",
      "{% set l = [] %}{% for i in range(999) %}{% set _ = l.append(i) %}{% endfor %}{{ l|length }}",
    ]
    for source in chains {
      #expect(Self.code(source, [:], Self.options(mutation: true)) == nil, "\(source)")
    }
  }

  @Test func theDeepestTemplatesFitASmallStack() throws {
    let depth = 45
    let nested = [
      "{{ " + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + " }}",
      "{{ " + String(repeating: "(1 + ", count: depth) + "1" + String(repeating: ")", count: depth)
        + " }}",
      String(repeating: "{% for x in [1] %}", count: 90)
        + String(repeating: "{% endfor %}", count: 90),
      "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
      "{% macro m() %}{{ [[[[[[[[1 or 1 and 1 + 1 * (m()|list)]]]]]]]] }}{% endmacro %}{{ m() }}",
      "{% macro m() %}{% if 1 %}{% for x in [1] %}{% set y %}{{ m() }}{% endset %}{% endfor %}"
        + "{% endif %}{% endmacro %}{{ m() }}",
      "{% for x in [1] recursive %}{% if 1 %}{{ loop([1]) }}{% endif %}{% endfor %}",
      "{% macro m() %}{{ caller() }}{% endmacro %}"
        + "{% macro n() %}{% call m() %}{{ n() }}{% endcall %}{% endmacro %}{{ n() }}",
    ]
    // Secondary threads of Apple systems have half a megabyte. Without optimization a call takes
    // several times as much of it.
    #if DEBUG
      let stackSize = 4 << 20
    #else
      let stackSize = 512 << 10
    #endif
    let thread = Thread {
      for source in nested { _ = Self.code(source) }
    }
    thread.stackSize = stackSize
    thread.start()
    while !thread.isFinished { usleep(1000) }
  }
}

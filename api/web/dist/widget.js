(function(){var e,t,n,r,i,a,o,s,c,l,u=Symbol.for(`pv`),d={},f=[],p=/^m(i|n|o|s|text|space)$/,m=Array.isArray,h=f.slice,g=Object.assign;function _(e){e&&e.parentNode&&e.remove()}function v(n,r,i,a,o){var s={type:n,props:r,key:i,ref:a,__k:null,__:null,__b:0,__e:null,__c:null,constructor:u,__v:o||++t,__i:-1,__u:0};return!o&&e.vnode&&e.vnode(s),s}function y(e){return e.children}function b(e,t){this.props=e,this.context=t,this.__g=0}function x(e,t){if(t==null)return e.__&&x(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!=`function`||e.props.__P?null:x(e)}function S(t){var n,r=t.__v,i=r.__e,a=[],o=[],s=t.__P;s&&((n=g({constructor:u},r)).__v=r.__v+1,e.vnode&&e.vnode(n),j(s,n,r,t.__n,s.namespaceURI,32&r.__u?[i]:null,a,i||x(r),32&r.__u,o),n.__v=r.__v,n.__.__k[n.__i]=n,M(a,n,o),r.__=r.__e=null,n.__e!=i&&C(n))}function C(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),C(e)}function w(t){(8&t.__g||(t.__g|=8,n.push(t),i++))&&r==e.debounceRendering||((r=e.debounceRendering)||queueMicrotask)(T)}function T(){try{for(var e,t=1;n.length;)n.length>t&&n.sort(a),e=n.shift(),t=n.length,8&e.__g&&S(e)}finally{(i=n.length)&&(r||queueMicrotask)(T)}}function ee(e,t,n,r,i,a,o,s,c,l,u){var p,m,h,g,_,v,y=r.__k||f,b=t.length;for(c=E(n,t,y,c,b),p=0;p<b;p++)(h=n.__k[p])!=null&&(m=~h.__i&&y[h.__i]||d,h.__i=p,v=j(e,h,m,i,a,o,s,c,l,u),g=h.__e,(m.ref!=h.ref||8&m.__u)&&(m.ref&&N(m.ref,null,h,m),h.ref&&u.push(h.ref,h.__c||g,h)),_||=g,4&h.__u?(c=D(h,c,e,!m.__v),m.__e&&(m.__e=null)):typeof h.type==`function`&&v!==void 0?c=v:g&&(c=g.nextSibling),h.__u&=-21);return n.__e=_,c}function E(e,t,n,r,i){var a,o,s,c,l,d,f,p,h,g=n.length,_=g,b=0,S=0,C=e.__k=Array(i);for(a=0;a<i;a++)(o=t[a])!=null&&typeof o!=`boolean`&&typeof o!=`function`?(typeof o!=`object`||o.constructor===String?o=C[a]=v(null,o):m(o)?o=C[a]=v(y,{children:o}):o.constructor===u&&o.__b?o=C[a]=v(o.type,o.props,o.key,o.ref,o.__v):C[a]=o,c=a+b,o.__=e,o.__b=e.__b+1,s=null,~(l=o.__i=O(o,n,c,_))&&(_--,(s=n[l])&&(s.__u|=2)),s&&s.__v?(o.__u|=16,l==c-1?b--:l==c+1?b++:l!=c&&(l>c?b--:b++,S=1)):(~l||(i>g?b--:i<g&&b++),typeof o.type!=`function`&&(o.__u|=4))):C[a]=null;if(S){for(d=[],f=[],a=0;a<i;a++)if((o=C[a])&&16&o.__u){for(b=0,p=d.length;b<p;)d[h=b+p>>1]<o.__i?b=h+1:p=h;d[b]=o.__i,f[a]=b+1}for(b=d.length;a--;)f[a]&&(f[a]==b?b--:C[a].__u|=4)}if(_)for(a=0;a<g;a++)!(s=n[a])||2&s.__u||(s.__e==r&&(r=x(s)),ae(s,s));return r}function D(e,t,n,r){var i,a,o,s;if(typeof e.type==`function`){if(e.props.__P)return t;if(i=e.__k)for(a=0;a<i.length;a++)i[a]&&(i[a].__=e,t=D(i[a],t,n,!1));return t}for(t&&!t.parentNode&&(t=x(e))&&!t.parentNode&&(t=null),o=e.__e,s=t;s&&s.nodeType==8;)s=s.nextSibling;for(o!=s&&(!r&&n.moveBefore&&o.parentNode?n.moveBefore(o,t):n.insertBefore(o,t||null)),t=o;(t&&=t.nextSibling)&&t.nodeType==8&&!t.data.startsWith(`$s`););return t}function O(e,t,n,r){var i,a=e.key,o=e.type,s=t[n],c=s&&!(2&s.__u);if(s===null&&a==null||c&&a==s.key&&o==s.type)return n;if(r>+!!c){for(i=n-1;i>=0;i--)if((s=t[i])&&!(2&s.__u)&&a==s.key&&o==s.type)return i;for(i=n+1;i<t.length;i++)if((s=t[i])&&!(2&s.__u)&&a==s.key&&o==s.type)return i}return-1}function k(e,t,n){n??=``,t[0]==`-`?e.setProperty(t,n):e[t]=n}function A(e,t,n,r,i){var a,o;if(t==`style`){if(typeof n==`string`)e.style.cssText=n;else{if(typeof r==`string`&&(e.style.cssText=r=``),r)for(t in r)n&&t in n||k(e.style,t);if(n)for(t in n)r&&n[t]==r[t]||k(e.style,t,n[t])}}else if(t[0]==`o`&&t[1]==`n`)typeof n!=`function`&&(n=null),typeof r!=`function`&&(r=null),(e.__e||={})[t]=n,n&&r||(o=l[t]||(l[t]=te(t)),(e.__a||={})[t]=c,a=t!=(t=t.replace(s,`$1`)),(t=t.slice(2))[0]<`a`&&(t=t.toLowerCase()),n?e.addEventListener(t,o,a):e.removeEventListener(t,o,a));else{if(i==`http://www.w3.org/2000/svg`)t=t.replace(/xlink(H|:h)/,`h`).replace(/sName$/,`s`);else if(t!=`width`&&t!=`height`&&t!=`href`&&t!=`list`&&t!=`form`&&t!=`tabIndex`&&t!=`download`&&t!=`rowSpan`&&t!=`colSpan`&&t!=`role`&&t!=`popover`&&t in e)try{e[t]=n??``;return}catch{}if(typeof n==`function`)return;n==null||!1===n&&t[4]!=`-`?e.removeAttribute(t):e.setAttribute(t,t==`popover`&&n==1?``:n)}}function te(t){return function(n){var r=this.__e;if(r){if(r=r[t],n[o]==null)n[o]=c++;else if(n[o]<this.__a[t])return;return r(e.event?e.event(n):n)}}}function j(t,n,r,i,a,o,s,c,l,d){var p,h,v,S,C,w,T,E,D,O,k,A,te,j,M,N,P,F,I=n.type;if(n.constructor!==u)return null;128&r.__u&&(l=32&r.__u,p=r.__c.__z)&&(n.__u|=l,h=o=[],p.nodeType==8?c=ne(p,o):o.push(p),c=o[0]||c),(p=e.__b)&&p(n);n:if(typeof I==`function`){v=s.length;try{if(E=n.props,D=(p=I.prototype)&&p.render,O=(p=I.contextType)&&i[p.__c],k=p?O?O.props.value:p.__:i,(S=r.__c)?(n.__c=S,2&S.__g&&(S.__g|=1)):(D?n.__c=S=new I(E,k):(n.__c=S=new b(E,k),S.constructor=I,S.render=oe),O&&O.sub(S),S.state||(S.state={}),S.__n=i,S.__g|=8,S.__h=[],S.__k=[]),D&&(S.__s||(S.__s=S.state),I.getDerivedStateFromProps&&(S.__s==S.state&&(S.__s=g({},S.__s)),g(S.__s,I.getDerivedStateFromProps(E,S.__s)))),C=S.props,w=S.state,S.__v=n,r.__c){if(E!==C&&D&&!I.getDerivedStateFromProps&&S.componentWillReceiveProps&&S.componentWillReceiveProps(E,k),n.__v==r.__v&&!(8&S.__g)||!(4&S.__g)&&S.shouldComponentUpdate&&!1===S.shouldComponentUpdate(E,S.__s,k)){n.__v!=r.__v&&(S.props=E,S.state=S.__s,S.__g&=-9),n.__e=r.__e,n.__k=r.__k,n.__k.some(function(e){e&&(e.__=n)}),f.push.apply(S.__h,S.__k),S.__k=[],S.__h.length&&s.push(S),c=x(r);break n}S.componentWillUpdate&&S.componentWillUpdate(E,S.__s,k),D&&S.componentDidUpdate&&S.__h.push(function(){S.componentDidUpdate(C,w,T)})}else D&&!I.getDerivedStateFromProps&&S.componentWillMount&&S.componentWillMount(),D&&S.componentDidMount&&S.__h.push(S.componentDidMount);S.context=k,S.props=E,S.__P=t,S.__g&=-5,A=e.__r,te=D?25:0;do S.__g&=-9,A&&A(n),p=S.render(S.props,S.state=S.__s,S.context);while(8&S.__g&&++te<25);D&&(f.push.apply(S.__h,S.__k),S.__k=[]),S.state=S.__s,S.getChildContext&&(i=g({},i,S.getChildContext())),D&&r.__c&&S.getSnapshotBeforeUpdate&&(T=S.getSnapshotBeforeUpdate(C,w)),j=p&&p.type===y&&p.key==null?p.props.children:p,E.__P&&(p=c,a=(t=E.__P).namespaceURI,l=o=null,r.props&&r.props.__P!=t&&(r.__k.some(function(e){e&&ae(e,e)}),r.__k=null),c=r.__k?x(r,0):null),c=ee(t,m(j)?j:[j],n,r,i,a,o,s,c,l,d),E.__P&&(n.__e=null,c=p),n.__u&=-161,h&&h.some(_),S.__h.length&&s.push(S),1&S.__g&&(S.__g&=-4)}catch(t){if(s.length=v,n.__v=null,l||o){if(t&&t.then){if(n.__u|=128|l,o){for(~(P=o.indexOf(c||void 0))||(P=o.length);(F=o[P-1])&&F.nodeType==8;)P--;for(;P<o.length;P++)if(F=o[P]){if(o[P]=null,M){if(F==N)break}else{if(F.nodeType!=8)break;F.data.startsWith(`$s`)&&(N=ne(M=F))}}}if(!M){for(;c&&c.nodeType==8&&c.nextSibling;)c=c.nextSibling;M=c}(p=ne(M=n.__c.__z||(n.__c.__z=M)))?(n.__e=M,c=p):n.__e=c,c&&=c.nextSibling}else o&&o.some(_)}else n.__e=r.__e;n.__k||=r.__k||[],t&&t.then||re(n),e.__e(t,n,r)}}else c=n.__e=ie(r.__e,n,r,i,a,o,s,l,d,t);return(p=e.diffed)&&p(n),c}function ne(e,t){if(e&&e.nodeType==8&&e.data.startsWith(`$s`))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith(`$s`))n++;else if(e.data.startsWith(`/$s`)&&!--n)return e}t&&t.push(e)}}function re(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(re))}function M(t,n,r){for(var i=0;i<r.length;)N(r[i++],r[i++],r[i++]);e.__c&&e.__c(n,t),t.some(function(n){try{t=n.__h,n.__h=[],t.some(function(e){e.call(n)})}catch(t){e.__e(t,n.__v)}})}function ie(t,n,r,i,a,o,s,c,l,u){var f,g,v,y,b,S,C,w,T=r.props||d,E=n.props,D=n.type;if(D==`svg`?a=`http://www.w3.org/2000/svg`:D==`math`?a=`http://www.w3.org/1998/Math/MathML`:a||=`http://www.w3.org/1999/xhtml`,o){for(f=0;f<o.length;f++)if((b=o[f])&&(D?b.localName==D:b.nodeType==3)){t=b,o[f]=null;break}}if(!t){if(w=u.ownerDocument||document,!D)return w.createTextNode(E);t=w.createElementNS(a,D,E.is?E:u),c&&=(e.__m&&e.__m(n,o),!1),o=null}if(D){if(u=D==`template`&&t.content||t,o=D==`textarea`&&E.defaultValue!=null?null:o&&h.call(u.childNodes),!c&&o)for(T={},f=0;f<t.attributes.length;f++)T[(b=t.attributes[f]).name]=b.value;for(f in T)b=T[f],f==`dangerouslySetInnerHTML`?v=b:f==`children`||f in E||f==`value`&&`defaultValue`in E||f==`checked`&&`defaultChecked`in E||A(t,f,null,b,a);for(f in E)b=E[f],f==`children`?y=b:f==`dangerouslySetInnerHTML`?g=b:f==`value`?S=b:f==`checked`?C=b:c&&typeof b!=`function`||T[f]===b||A(t,f,b,T[f],a);g?(c||v&&(g.__html==v.__html||g.__html==t.innerHTML)||(t.innerHTML=g.__html),n.__k=[]):(v&&(t.textContent=``),(D==`foreignObject`||a==`http://www.w3.org/1998/Math/MathML`&&p.test(D))&&(a=`http://www.w3.org/1999/xhtml`),ee(u,m(y)?y:[y],n,r,i,a,o,s,o?o[0]:r.__k&&x(r,0),c,l),o&&o.some(_)),c&&D!=`textarea`||(f=`value`,D==`progress`&&S==null?t.removeAttribute(f):S==null||S===t[f]&&(D!=`progress`||S)||A(t,f,S,T[f],a),f=`checked`,C!=null&&C!=t[f]&&A(t,f,C,T[f],a))}else T===E||c&&t.data==E||(t.data=E);return t}function N(t,n,r,i){try{typeof t==`function`?n?n.__x=t(n)||1:(i&&=i.__c||i.__e)&&(n=i.__x)&&(i.__x=null,typeof n==`function`?n():t(null)):t.current=n}catch(t){e.__e(t,r)}}function ae(t,n,r){var i,a,o,s;if(e.unmount&&e.unmount(t),!(i=t.ref)||i.current&&i.current!=t.__e||N(i,null,n,t),i=t.__c){if(i.componentWillUnmount)try{i.componentWillUnmount()}catch(t){e.__e(t,n)}i.__P=i.__n=null}if(i=t.__k)for(s=0;s<i.length;s++)i[s]&&ae(i[s],n,typeof t.type!=`function`||r&&!t.props.__P);!r&&(i=t.__c)&&(i=i.__z)&&(a=ne(i,o=[]))&&(i==t.__e&&o.some(_),_(a),_(i)),r||_(t.__e),t.__e=t.__c=t.__=null}function oe(e,t,n){return this.constructor(e,n)}function P(t,n){var r,i,a,o;e.__&&e.__(t,n),n.nodeType==9&&(n=n.documentElement),i=(r=t&&32&t.__u)?null:n.__k,n.__k=v(y,{children:[t]}),a=[],o=[],j(n,n.__k,i||d,d,n.namespaceURI,i?null:n.firstChild?h.call(n.childNodes):null,a,i?i.__e:n.firstChild,r,o),M(a,n.__k,o),n.__k.props.children=null}e={__e:function(e,t,n,r){for(var a,o,s;t=t.__;)if((a=t.__c)&&!(1&a.__g)){a.__g|=4;try{if((s=(o=a.constructor)&&o.getDerivedStateFromError)&&a.setState(o.getDerivedStateFromError(e)),a.componentDidCatch&&(a.componentDidCatch(e,r||{}),s=1),s&&8&a.__g)return void(a.__g|=2)}catch(t){e=t}}throw i=0,e}},t=0,b.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=g({},this.state)),typeof e==`function`&&(e=e(g({},n),this.props)),e&&(g(n,e),this.__v&&(t&&this.__k.push(t),w(this)))},b.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),w(this))},b.prototype.render=y,n=[],i=0,a=function(e,t){return e.__v.__b-t.__v.__b},o=Symbol(),s=/(PointerCapture)$|Capture$/i,c=0,l={};var F,I,se,ce,le=Object.is,ue=0,de=[],fe=[],L=e,pe=L.__b,me=L.__r,he=L.diffed,ge=L.__c,_e=L.unmount,ve=L.__;function ye(e,t){L.__h&&L.__h(I,e,ue||t),ue=0;var n=I.__H||(I.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function R(e){return ue=1,be(Ae,e)}function be(e,t,n){var r=ye(F++,2);if(r.t=e,!r.__c&&(r.__=[n?n(t):Ae(void 0,t),function(e){var t=(r.__N||r.__)[0],n=r.t(t,e);le(t,n)||(r.__N=[n,r.__[1]],r.__c.setState({}))}],r.__c=I,!I.__f)){I.__f=!0;var i=I.shouldComponentUpdate;I.shouldComponentUpdate=function(e,t,n){var r=this.__H;if(!r)return!0;var a=!1,o=this.props!=e;if(r.__.some(function(e){e.__N&&(a=!0,le(e.__[0],e.__N[0])||(o=!0))}),i){var s=i.call(this,e,t,n);return a?s||o:s}return!a||o}}return r.__}function z(e,t){var n=ye(F++,3);!L.__s&&ke(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,I.__H.__h.push(n))}function xe(e,t){var n=ye(F++,4);!L.__s&&ke(n.__H,t)&&(n.__P=!1,n.__=e,n.u=t,I.__h.push(n))}function B(e){return ue=5,Se(function(){return{current:e}},[])}function Se(e,t){var n=ye(F++,7);return ke(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function Ce(){var e;do{for(;e=fe.shift();)try{De(e)}catch(t){L.__e(t,{__:(e=e.__P)&&e.__v})}for(;e=de.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(De),t.__h.some(Oe),t.__h=[]}catch(n){t.__h=[],L.__e(n,e.__v)}}}while(fe.length)}L.__b=function(e){I=null,pe&&pe(e)},L.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),ve&&ve(e,t)},L.__r=function(e){me&&me(e),F=0;var t=(I=e.__c).__H;t&&(se==I?I.__h=[]:(t.__h.some(De),t.__h.some(Oe),F=0),t.__h=[],t.__.some(function(e){e.__N&&(e.__=e.__N),e.u=e.__N=void 0})),se=I},L.diffed=function(e){he&&he(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&Ee(de.push(t)),t.__H.__.some(function(e){e.u&&(e.__H=e.u)})),se=I=null},L.__c=function(e,t){t.some(function(e){try{e.__h.some(De),e.__h=e.__h.filter(function(e){return!e.__||Oe(e)})}catch(t){e.__h=[function(){throw t}]}}),ge&&ge(e,t)},L.unmount=function(e){_e&&_e(e);var t,n,r=e.__c;r&&r.__H&&(r.__H.__.some(function(r){try{if(r.__P&&r.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n&&=n.__c}r.__P=n,Ee(fe.push(r))}else De(r)}catch(e){t=e}}),r.__H=void 0,t&&L.__e(t,r.__v))};var we=typeof requestAnimationFrame==`function`;function Te(e){var t,n=function(){clearTimeout(r),we&&cancelAnimationFrame(t),setTimeout(e)},r=setTimeout(n,35);we&&(t=requestAnimationFrame(n))}function Ee(e){e!=1&&ce==L.requestAnimationFrame||((ce=L.requestAnimationFrame)||Te)(Ce)}function De(e){var t=I,n=e.__c;typeof n==`function`&&(e.__c=void 0,n()),I=t}function Oe(e){var t=I;e.__c=e.__(),I=t}function ke(e,t){return!e||e.length!=t.length||t.some(function(t,n){return!le(t,e[n])})}function Ae(e,t){return typeof t==`function`?t(e):t}var je={settings:null,conversation:null,messages:[],earlier:null,unsent:[],typing:null,live:!0,seen:0,trouble:null};function Me(e,t){switch(t.__typename){case`MessageAdded`:{let n=t.message.author.kind===`SHOPPER`?e.typing:null;return{...Fe(Ne(e,[t.message]),t.conversation),typing:n}}case`ConversationChanged`:case`HandoffChanged`:return Fe(e,t.conversation);case`TypingChanged`:return t.author.kind===`SHOPPER`?e:{...e,typing:t.typing?{name:t.author.name,text:t.text}:null};default:return e}}function Ne(e,t){let n=new Map(e.messages.map(e=>[e.sequence,e]));for(let e of t)n.set(e.sequence,e);return{...e,messages:[...n.values()].sort((e,t)=>e.sequence-t.sequence)}}function Pe(e,t,n){let r=e.messages.at(-1)?.sequence??0,i=t[0]?.sequence??0,a=Ne(n!==null&&i>r?{...e,messages:[]}:e,t);return a.messages[0]?.sequence===t[0]?.sequence?{...a,earlier:n}:a}function Fe(e,t){let n=e.conversation;return n?.id===t.id&&n.version>t.version?e:{...e,conversation:t}}function V(e){return e.conversation!==null&&e.conversation.closedAt===null}function Ie(e){return e.conversation&&!V(e)?2**53-1:e.messages.at(-1)?.sequence??0}function Le({unsent:e,messages:t}){let n=({text:e,after:n})=>t.some(t=>t.author.kind===`SHOPPER`&&t.sequence>n&&t.text===e);return e.filter(e=>e.failed||!n(e))}function Re(e){return e.messages.filter(({sequence:t,author:n})=>t>e.seen&&n.kind!==`SHOPPER`).length}var ze={da:{open:`Åbn chatten`,close:`Luk chatvinduet`,chatWith:`Chat med {shop}`,write:`Skriv en besked`,send:`Send`,attach:`Vedhæft en fil`,remove:`Fjern {name}`,typing:`{name} skriver`,waiting:`Venter på vores team`,reconnecting:`Ingen forbindelse. Prøver igen.`,sending:`Sender`,notSent:`Ikke sendt`,retry:`Prøv igen`,discard:`Kassér`,ended:`Chatten er afsluttet. Skriv igen for at begynde en ny.`,end:`Afslut chatten`,endQuestion:`Vil du afslutte chatten?`,cancel:`Annuller`,email:`Din e-mailadresse`,emailSend:`Fortsæt`,emailWrong:`Indtast en gyldig e-mailadresse.`,earlier:`Vis tidligere beskeder`,unread:`Nye beskeder: {count}`,unavailable:`Chatten er ikke tilgængelig lige nu.`,tooLarge:`{name} er for stor.`,typeRefused:`{name} er af en type, som ikke kan sendes her.`,textFirst:`Skriv en besked først. Derefter kan du sende filer.`,newWindow:`åbner i et nyt vindue`,refused:`Det virkede ikke. Prøv igen.`},de:{open:`Chat öffnen`,close:`Chatfenster schließen`,chatWith:`Chat mit {shop}`,write:`Nachricht schreiben`,send:`Senden`,attach:`Datei anhängen`,remove:`{name} entfernen`,typing:`{name} schreibt`,waiting:`Wir verbinden Sie mit unserem Team`,reconnecting:`Keine Verbindung. Neuer Versuch läuft.`,sending:`Wird gesendet`,notSent:`Nicht gesendet`,retry:`Erneut versuchen`,discard:`Verwerfen`,ended:`Dieser Chat ist beendet. Schreiben Sie erneut, um einen neuen zu beginnen.`,end:`Chat beenden`,endQuestion:`Möchten Sie diesen Chat beenden?`,cancel:`Abbrechen`,email:`Ihre E-Mail-Adresse`,emailSend:`Weiter`,emailWrong:`Geben Sie eine gültige E-Mail-Adresse ein.`,earlier:`Frühere Nachrichten anzeigen`,unread:`Neue Nachrichten: {count}`,unavailable:`Der Chat ist im Moment nicht verfügbar.`,tooLarge:`{name} ist zu groß.`,typeRefused:`{name} hat einen Typ, der hier nicht gesendet werden kann.`,textFirst:`Schreiben Sie zuerst eine Nachricht. Danach können Sie Dateien senden.`,newWindow:`öffnet ein neues Fenster`,refused:`Das hat nicht funktioniert. Versuchen Sie es noch einmal.`},en:{open:`Open the chat`,close:`Close the chat window`,chatWith:`Chat with {shop}`,write:`Write a message`,send:`Send`,attach:`Attach a file`,remove:`Remove {name}`,typing:`{name} is typing`,waiting:`Waiting for our team`,reconnecting:`No connection. Trying again.`,sending:`Sending`,notSent:`Not sent`,retry:`Try again`,discard:`Discard`,ended:`This chat has ended. Write again to start a new one.`,end:`End the chat`,endQuestion:`Do you want to end this chat?`,cancel:`Cancel`,email:`Your e-mail address`,emailSend:`Continue`,emailWrong:`Enter a valid e-mail address.`,earlier:`Show earlier messages`,unread:`New messages: {count}`,unavailable:`The chat is not available at the moment.`,tooLarge:`{name} is too large.`,typeRefused:`{name} is of a type that cannot be sent here.`,textFirst:`Write a message first. Then you can send files.`,newWindow:`opens in a new window`,refused:`That did not work. Try again.`},es:{open:`Abrir el chat`,close:`Cerrar la ventana del chat`,chatWith:`Chat con {shop}`,write:`Escribe un mensaje`,send:`Enviar`,attach:`Adjuntar un archivo`,remove:`Quitar {name}`,typing:`{name} está escribiendo`,waiting:`Esperando a nuestro equipo`,reconnecting:`Sin conexión. Volviendo a intentarlo.`,sending:`Enviando`,notSent:`No enviado`,retry:`Reintentar`,discard:`Descartar`,ended:`Este chat ha terminado. Escribe de nuevo para empezar otro.`,end:`Terminar el chat`,endQuestion:`¿Quieres terminar este chat?`,cancel:`Cancelar`,email:`Tu dirección de correo electrónico`,emailSend:`Continuar`,emailWrong:`Introduce una dirección de correo válida.`,earlier:`Mostrar mensajes anteriores`,unread:`Mensajes nuevos: {count}`,unavailable:`El chat no está disponible en este momento.`,tooLarge:`{name} es demasiado grande.`,typeRefused:`{name} es de un tipo que no se puede enviar aquí.`,textFirst:`Escribe primero un mensaje. Después podrás enviar archivos.`,newWindow:`se abre en una ventana nueva`,refused:`No ha funcionado. Inténtalo de nuevo.`},fi:{open:`Avaa chat`,close:`Sulje chat-ikkuna`,chatWith:`Chat: {shop}`,write:`Kirjoita viesti`,send:`Lähetä`,attach:`Liitä tiedosto`,remove:`Poista {name}`,typing:`{name} kirjoittaa`,waiting:`Odotetaan tiimiämme`,reconnecting:`Ei yhteyttä. Yritetään uudelleen.`,sending:`Lähetetään`,notSent:`Ei lähetetty`,retry:`Yritä uudelleen`,discard:`Hylkää`,ended:`Tämä chat on päättynyt. Aloita uusi kirjoittamalla uudelleen.`,end:`Lopeta chat`,endQuestion:`Haluatko lopettaa tämän chatin?`,cancel:`Peruuta`,email:`Sähköpostiosoitteesi`,emailSend:`Jatka`,emailWrong:`Anna kelvollinen sähköpostiosoite.`,earlier:`Näytä aiemmat viestit`,unread:`Uusia viestejä: {count}`,unavailable:`Chat ei ole juuri nyt käytettävissä.`,tooLarge:`{name} on liian suuri.`,typeRefused:`{name} on tyyppiä, jota ei voi lähettää täällä.`,textFirst:`Kirjoita ensin viesti. Sen jälkeen voit lähettää tiedostoja.`,newWindow:`avautuu uuteen ikkunaan`,refused:`Se ei onnistunut. Yritä uudelleen.`},fr:{open:`Ouvrir le chat`,close:`Fermer la fenêtre du chat`,chatWith:`Chat avec {shop}`,write:`Écrire un message`,send:`Envoyer`,attach:`Joindre un fichier`,remove:`Retirer {name}`,typing:`{name} écrit`,waiting:`En attente de notre équipe`,reconnecting:`Pas de connexion. Nouvel essai en cours.`,sending:`Envoi en cours`,notSent:`Non envoyé`,retry:`Réessayer`,discard:`Supprimer`,ended:`Ce chat est terminé. Écrivez de nouveau pour en commencer un autre.`,end:`Terminer le chat`,endQuestion:`Voulez-vous terminer ce chat ?`,cancel:`Annuler`,email:`Votre adresse e-mail`,emailSend:`Continuer`,emailWrong:`Saisissez une adresse e-mail valide.`,earlier:`Afficher les messages précédents`,unread:`Nouveaux messages : {count}`,unavailable:`Le chat n'est pas disponible pour le moment.`,tooLarge:`{name} est trop volumineux.`,typeRefused:`{name} est d'un type qui ne peut pas être envoyé ici.`,textFirst:`Écrivez d'abord un message. Vous pourrez ensuite envoyer des fichiers.`,newWindow:`s'ouvre dans une nouvelle fenêtre`,refused:`Cela n'a pas fonctionné. Réessayez.`},it:{open:`Apri la chat`,close:`Chiudi la finestra della chat`,chatWith:`Chat con {shop}`,write:`Scrivi un messaggio`,send:`Invia`,attach:`Allega un file`,remove:`Rimuovi {name}`,typing:`{name} sta scrivendo`,waiting:`In attesa del nostro team`,reconnecting:`Nessuna connessione. Nuovo tentativo in corso.`,sending:`Invio in corso`,notSent:`Non inviato`,retry:`Riprova`,discard:`Elimina`,ended:`Questa chat è terminata. Scrivi di nuovo per iniziarne un'altra.`,end:`Termina la chat`,endQuestion:`Vuoi terminare questa chat?`,cancel:`Annulla`,email:`Il tuo indirizzo e-mail`,emailSend:`Continua`,emailWrong:`Inserisci un indirizzo e-mail valido.`,earlier:`Mostra i messaggi precedenti`,unread:`Nuovi messaggi: {count}`,unavailable:`La chat non è disponibile in questo momento.`,tooLarge:`{name} è troppo grande.`,typeRefused:`{name} è di un tipo che non si può inviare qui.`,textFirst:`Scrivi prima un messaggio. Poi potrai inviare file.`,newWindow:`si apre in una nuova finestra`,refused:`Non ha funzionato. Riprova.`},nb:{open:`Åpne chatten`,close:`Lukk chatvinduet`,chatWith:`Chat med {shop}`,write:`Skriv en melding`,send:`Send`,attach:`Legg ved en fil`,remove:`Fjern {name}`,typing:`{name} skriver`,waiting:`Venter på teamet vårt`,reconnecting:`Ingen forbindelse. Prøver på nytt.`,sending:`Sender`,notSent:`Ikke sendt`,retry:`Prøv igjen`,discard:`Forkast`,ended:`Chatten er avsluttet. Skriv igjen for å starte en ny.`,end:`Avslutt chatten`,endQuestion:`Vil du avslutte chatten?`,cancel:`Avbryt`,email:`E-postadressen din`,emailSend:`Fortsett`,emailWrong:`Skriv inn en gyldig e-postadresse.`,earlier:`Vis tidligere meldinger`,unread:`Nye meldinger: {count}`,unavailable:`Chatten er ikke tilgjengelig akkurat nå.`,tooLarge:`{name} er for stor.`,typeRefused:`{name} er av en type som ikke kan sendes her.`,textFirst:`Skriv en melding først. Deretter kan du sende filer.`,newWindow:`åpnes i et nytt vindu`,refused:`Det virket ikke. Prøv igjen.`},nl:{open:`Chat openen`,close:`Chatvenster sluiten`,chatWith:`Chat met {shop}`,write:`Schrijf een bericht`,send:`Versturen`,attach:`Bestand bijvoegen`,remove:`{name} verwijderen`,typing:`{name} is aan het typen`,waiting:`Wachten op ons team`,reconnecting:`Geen verbinding. We proberen het opnieuw.`,sending:`Wordt verstuurd`,notSent:`Niet verstuurd`,retry:`Opnieuw proberen`,discard:`Verwijderen`,ended:`Deze chat is afgelopen. Schrijf opnieuw om een nieuwe te beginnen.`,end:`Chat beëindigen`,endQuestion:`Wilt u deze chat beëindigen?`,cancel:`Annuleren`,email:`Uw e-mailadres`,emailSend:`Doorgaan`,emailWrong:`Vul een geldig e-mailadres in.`,earlier:`Eerdere berichten tonen`,unread:`Nieuwe berichten: {count}`,unavailable:`De chat is op dit moment niet beschikbaar.`,tooLarge:`{name} is te groot.`,typeRefused:`{name} is van een type dat hier niet kan worden verstuurd.`,textFirst:`Schrijf eerst een bericht. Daarna kunt u bestanden versturen.`,newWindow:`opent in een nieuw venster`,refused:`Dat is niet gelukt. Probeer het opnieuw.`},pl:{open:`Otwórz czat`,close:`Zamknij okno czatu`,chatWith:`Czat: {shop}`,write:`Napisz wiadomość`,send:`Wyślij`,attach:`Dołącz plik`,remove:`Usuń {name}`,typing:`{name} pisze`,waiting:`Oczekiwanie na nasz zespół`,reconnecting:`Brak połączenia. Ponawiamy próbę.`,sending:`Wysyłanie`,notSent:`Nie wysłano`,retry:`Spróbuj ponownie`,discard:`Odrzuć`,ended:`Ten czat został zakończony. Napisz ponownie, aby rozpocząć nowy.`,end:`Zakończ czat`,endQuestion:`Czy zakończyć ten czat?`,cancel:`Anuluj`,email:`Twój adres e-mail`,emailSend:`Dalej`,emailWrong:`Wpisz prawidłowy adres e-mail.`,earlier:`Pokaż wcześniejsze wiadomości`,unread:`Nowe wiadomości: {count}`,unavailable:`Czat jest w tej chwili niedostępny.`,tooLarge:`Plik {name} jest za duży.`,typeRefused:`Plik {name} ma typ, którego nie można tu wysłać.`,textFirst:`Najpierw napisz wiadomość. Potem możesz wysłać pliki.`,newWindow:`otwiera się w nowym oknie`,refused:`Nie udało się. Spróbuj ponownie.`},pt:{open:`Abrir o chat`,close:`Fechar a janela do chat`,chatWith:`Chat com {shop}`,write:`Escreva uma mensagem`,send:`Enviar`,attach:`Anexar um ficheiro`,remove:`Remover {name}`,typing:`{name} está a escrever`,waiting:`A aguardar a nossa equipa`,reconnecting:`Sem ligação. A tentar de novo.`,sending:`A enviar`,notSent:`Não enviado`,retry:`Tentar de novo`,discard:`Descartar`,ended:`Este chat terminou. Escreva de novo para começar outro.`,end:`Terminar o chat`,endQuestion:`Deseja terminar este chat?`,cancel:`Cancelar`,email:`O seu endereço de e-mail`,emailSend:`Continuar`,emailWrong:`Introduza um endereço de e-mail válido.`,earlier:`Mostrar mensagens anteriores`,unread:`Mensagens novas: {count}`,unavailable:`O chat não está disponível neste momento.`,tooLarge:`{name} é demasiado grande.`,typeRefused:`{name} é de um tipo que não pode ser enviado aqui.`,textFirst:`Escreva primeiro uma mensagem. Depois pode enviar ficheiros.`,newWindow:`abre numa nova janela`,refused:`Não funcionou. Tente de novo.`},sv:{open:`Öppna chatten`,close:`Stäng chattfönstret`,chatWith:`Chatta med {shop}`,write:`Skriv ett meddelande`,send:`Skicka`,attach:`Bifoga en fil`,remove:`Ta bort {name}`,typing:`{name} skriver`,waiting:`Väntar på vårt team`,reconnecting:`Ingen anslutning. Försöker igen.`,sending:`Skickar`,notSent:`Inte skickat`,retry:`Försök igen`,discard:`Ta bort`,ended:`Chatten är avslutad. Skriv igen för att börja en ny.`,end:`Avsluta chatten`,endQuestion:`Vill du avsluta chatten?`,cancel:`Avbryt`,email:`Din e-postadress`,emailSend:`Fortsätt`,emailWrong:`Ange en giltig e-postadress.`,earlier:`Visa tidigare meddelanden`,unread:`Nya meddelanden: {count}`,unavailable:`Chatten är inte tillgänglig just nu.`,tooLarge:`{name} är för stor.`,typeRefused:`{name} är av en typ som inte kan skickas här.`,textFirst:`Skriv ett meddelande först. Sedan kan du skicka filer.`,newWindow:`öppnas i ett nytt fönster`,refused:`Det fungerade inte. Försök igen.`}},Be={no:`nb`,nn:`nb`};function Ve(e){let t=e.split(/[-_]/)[0].toLowerCase(),n=Be[t]??t;return Object.hasOwn(ze,n)?n:`en`}function He(e){return ze[Ve(e)]}function H(e,t){return e.replace(/\{(\w+)\}/g,(e,n)=>`${t[n]??e}`)}var Ue=Symbol.for(`pv`),We=0;Array.isArray;function U(t,n,r,i,a,o){n||={};var s,c,l=n;if(`ref`in l&&typeof t!=`function`)for(c in l={},n)c==`ref`?s=n[c]:l[c]=n[c];var u={type:t,props:l,key:r,ref:s,__k:null,__:null,__b:0,__e:null,__c:null,constructor:Ue,__v:--We,__i:-1,__u:0};return(a||o)&&(u.__source=a,u.__self=o),e.vnode&&e.vnode(u),u}function Ge({children:e}){return U(`svg`,{viewBox:`0 0 24 24`,width:`24`,height:`24`,fill:`none`,stroke:`currentColor`,"stroke-width":`2`,"stroke-linecap":`round`,"stroke-linejoin":`round`,"aria-hidden":`true`,children:e})}var Ke=()=>U(Ge,{children:[U(`path`,{d:`M21 12a8 8 0 0 1-8 8H4l1.6-3.2A8 8 0 1 1 21 12Z`}),U(`path`,{d:`M9 10.5h8M9 14h5`})]}),qe=()=>U(Ge,{children:U(`path`,{d:`M6 6l12 12M18 6 6 18`})}),Je=()=>U(Ge,{children:U(`path`,{d:`M4 12 20 4l-5 16-3.5-6.5L4 12Z`})}),Ye=()=>U(Ge,{children:U(`path`,{d:`m20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4L14 7.6`})}),W=class extends String{__apiType;value;__meta__;constructor(e,t){super(e),this.value=e,this.__meta__=t}toString(){return this.value}},Xe=new W(`
    query Widget {
  widget {
    shopName
    agentName
    greeting
    live
    identityPolicy
    largestAttachment
    attachmentTypes
  }
}
    `),Ze=new W(`
    query Conversation($id: ID!) {
  conversation(id: $id) {
    ...ConversationView
    streamCursor
    messages(last: 50) {
      nodes {
        ...MessageView
      }
      pageInfo {
        hasPreviousPage
        startCursor
      }
    }
  }
}
    fragment MessageView on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  actions {
    action
    label
  }
  products {
    productId
    title
    url
    imageUrl
    price {
      amount
      currency
    }
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}
fragment ConversationView on Conversation {
  id
  version
  status
  closedAt
  identityVerified
  controller {
    kind
    staff {
      name
    }
  }
  handoff {
    id
    state
  }
}`),Qe=new W(`
    query EarlierMessages($id: ID!, $before: String!) {
  conversation(id: $id) {
    messages(last: 50, before: $before) {
      nodes {
        ...MessageView
      }
      pageInfo {
        hasPreviousPage
        startCursor
      }
    }
  }
}
    fragment MessageView on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  actions {
    action
    label
  }
  products {
    productId
    title
    url
    imageUrl
    price {
      amount
      currency
    }
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}`),$e=new W(`
    subscription Follow($id: ID!, $after: Cursor) {
  conversation(id: $id, after: $after) {
    __typename
    ... on StreamItem {
      cursor
    }
    ... on MessageAdded {
      message {
        ...MessageView
      }
      conversation {
        ...ConversationView
      }
    }
    ... on ConversationChanged {
      conversation {
        ...ConversationView
      }
    }
    ... on HandoffChanged {
      conversation {
        ...ConversationView
      }
    }
    ... on TypingChanged {
      author {
        kind
        name
      }
      typing
      text
    }
  }
}
    fragment MessageView on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  actions {
    action
    label
  }
  products {
    productId
    title
    url
    imageUrl
    price {
      amount
      currency
    }
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}
fragment ConversationView on Conversation {
  id
  version
  status
  closedAt
  identityVerified
  controller {
    kind
    staff {
      name
    }
  }
  handoff {
    id
    state
  }
}`),et=new W(`
    mutation StartConversation($input: StartConversationInput!) {
  startConversation(input: $input) {
    conversation {
      id
    }
    visitorToken
    errors {
      code
      message
    }
  }
}
    `),tt=new W(`
    mutation SendMessage($input: SendMessageInput!) {
  sendMessage(input: $input) {
    message {
      ...MessageView
    }
    conversation {
      ...ConversationView
    }
    errors {
      code
      message
    }
  }
}
    fragment MessageView on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  actions {
    action
    label
  }
  products {
    productId
    title
    url
    imageUrl
    price {
      amount
      currency
    }
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}
fragment ConversationView on Conversation {
  id
  version
  status
  closedAt
  identityVerified
  controller {
    kind
    staff {
      name
    }
  }
  handoff {
    id
    state
  }
}`),nt=new W(`
    mutation AnswerOffer($input: AnswerHandoffOfferInput!) {
  answerHandoffOffer(input: $input) {
    conversation {
      ...ConversationView
    }
    errors {
      code
      message
    }
  }
}
    fragment ConversationView on Conversation {
  id
  version
  status
  closedAt
  identityVerified
  controller {
    kind
    staff {
      name
    }
  }
  handoff {
    id
    state
  }
}`),rt=new W(`
    mutation Identify($input: IdentifyVisitorInput!) {
  identifyVisitor(input: $input) {
    conversation {
      ...ConversationView
    }
    errors {
      code
      message
    }
  }
}
    fragment ConversationView on Conversation {
  id
  version
  status
  closedAt
  identityVerified
  controller {
    kind
    staff {
      name
    }
  }
  handoff {
    id
    state
  }
}`),it=new W(`
    mutation Close($input: CloseConversationInput!) {
  closeConversation(input: $input) {
    conversation {
      ...ConversationView
    }
    errors {
      code
      message
    }
  }
}
    fragment ConversationView on Conversation {
  id
  version
  status
  closedAt
  identityVerified
  controller {
    kind
    staff {
      name
    }
  }
  handoff {
    id
    state
  }
}`),at=new W(`
    mutation EndAccess($input: EndVisitorAccessInput!) {
  endVisitorAccess(input: $input) {
    errors {
      code
      message
    }
  }
}
    `),ot=new W(`
    mutation SetTyping($input: SetTypingInput!) {
  setTyping(input: $input) {
    errors {
      code
      message
    }
  }
}
    `),st=new W(`
    mutation RecordClick($input: RecordProductClickInput!) {
  recordProductClick(input: $input) {
    errors {
      code
      message
    }
  }
}
    `),ct=new W(`
    mutation CreateUpload($input: CreateUploadInput!) {
  createUpload(input: $input) {
    attachmentId
    url
    errors {
      code
      message
    }
  }
}
    `);async function lt(e){return typeof e==`string`?e:e.token()}var G=class extends Error{code;retryAfter;constructor(e,t,n=0){super(t),this.code=e,this.retryAfter=n}get passes(){return ut.has(this.code)}get refusesCredential(){return this.code===`UNAUTHENTICATED`}},ut=new Set([`NETWORK`,`UNAVAILABLE`,`TIMEOUT`,`INTERNAL`,`RATE_LIMITED`,`REQUEST_TIMEOUT`]),dt=15e3;async function K(e,t,n,r,i={}){let a=JSON.stringify({query:`${n}`,variables:r}),o=await lt(t);try{return await ft(e,o,a,i)}catch(n){if(typeof t==`string`||!(n instanceof G&&n.refusesCredential))throw n;t.drop(o);let r=await t.token();if(r!==o)return ft(e,r,a,i);throw t.end(n.message),n}}async function ft(e,t,n,r){let i=await pt(e,t,n,r),a=1e3*Number(i.headers.get(`retry-after`)??0)||0,o=await i.json().catch(()=>null),s=o?.errors?.[0];if(s)throw new G(s.extensions?.code??`INTERNAL`,s.message,a);if(!o?.data)throw new G(i.status<500?`BAD_REQUEST`:`UNAVAILABLE`,i.statusText,a);return o.data}async function pt(e,t,n,r){try{return await fetch(e,{method:`POST`,headers:{"content-type":`application/json`,accept:`application/graphql-response+json, application/json`,authorization:`Bearer ${t}`},body:n,credentials:`omit`,referrerPolicy:`no-referrer`,signal:AbortSignal.timeout(dt),...r})}catch(e){throw new G(`NETWORK`,String(e))}}function q(){return Array.from(crypto.getRandomValues(new Uint8Array(16)),e=>e.toString(16).padStart(2,`0`)).join(``)}var mt=`application/octet-stream`;async function ht(e,t,n){let{createUpload:r}=await K(e,t,ct,{input:{name:n.name||`file`,contentType:n.type||mt,bytes:n.size,idempotencyKey:q()}});if(!r.attachmentId||!r.url)throw new G(r.errors[0]?.code??`INVALID`,r.errors[0]?.message??``);let i=await fetch(r.url,{method:`PUT`,body:n,credentials:`omit`}).catch(e=>{throw new G(`NETWORK`,String(e))});if(!i.ok)throw new G(i.status<500?`INVALID`:`UNAVAILABLE`,i.statusText);return{id:r.attachmentId,name:n.name}}function gt(e,t){let n=e.type||mt;return!t.length||t.some(e=>e===n||e.endsWith(`/*`)&&n.startsWith(e.slice(0,-1)))}var _t=32e3,vt=10;function yt({session:e,state:t,texts:n}){let[r,i]=R(``),a=B(null),{files:o,problem:s,add:c,remove:l,clear:u,busy:d}=xt({session:e,state:t,texts:n});z(()=>a.current?.focus(),[]),z(()=>St(a.current),[r]);let f=t.settings?.live===!1&&!V(t),p=()=>{f||d||!r.trim()&&!o.length||(e.send(r,o),i(``),u(),a.current?.focus())},m=e=>{e.key!==`Enter`||e.shiftKey||e.isComposing||(e.preventDefault(),p())},h=t=>{i(t),e.type(t.trim()!==``)};return U(`form`,{class:`composer`,onSubmit:e=>{e.preventDefault(),p()},children:[s&&U(`p`,{role:`alert`,dir:`auto`,children:s}),o.length>0&&U(`ul`,{class:`files`,children:o.map(({id:e,name:t})=>U(`li`,{children:[U(`bdi`,{children:t}),U(`button`,{class:`icon`,type:`button`,"aria-label":H(n.remove,{name:t}),onClick:()=>l(e),children:U(qe,{})})]},e))}),U(`div`,{class:`row`,children:[U(bt,{texts:n,disabled:f,busy:d,add:c}),U(`textarea`,{ref:a,rows:1,dir:`auto`,maxLength:_t,disabled:f,"aria-label":n.write,placeholder:n.write,value:r,onInput:e=>h(e.currentTarget.value),onKeyDown:m,onPaste:e=>{let t=[...e.clipboardData?.files??[]];t.length&&(e.preventDefault(),c(t))}}),U(`button`,{class:`icon send`,"aria-label":n.send,disabled:f||d,children:U(Je,{})})]})]})}function bt({texts:e,disabled:t,busy:n,add:r}){let i=B(null);return U(y,{children:[U(`input`,{ref:i,type:`file`,multiple:!0,hidden:!0,tabIndex:-1,onChange:()=>{r([...i.current.files]),i.current.value=``}}),U(`button`,{class:`icon`,type:`button`,"aria-label":e.attach,disabled:t,"aria-disabled":n,onClick:()=>{n||i.current.click()},children:U(Ye,{})})]})}function xt({session:e,state:t,texts:n}){let[r,i]=R([]),[a,o]=R(``),[s,c]=R(0),l=e=>{let{settings:r}=t;return V(t)?r&&e.size>r.largestAttachment?H(n.tooLarge,{name:e.name}):r&&!gt(e,r.attachmentTypes)?H(n.typeRefused,{name:e.name}):``:n.textFirst},u=async e=>{o(``);for(let t of e.slice(0,vt-r.length)){let e=l(t);e?o(e):await d(t)}},d=async t=>{c(e=>e+1);try{let n=await e.upload(t);i(e=>[...e,n])}catch{o(`${t.name}: ${n.notSent}`)}c(e=>e-1)};return{files:r,problem:a,busy:s>0,add:e=>void u(e),remove:e=>i(t=>t.filter(t=>t.id!==e)),clear:()=>{i([]),o(``)}}}function St(e){e.style.height=`auto`,e.style.height=`${e.scrollHeight}px`}function Ct({session:e,texts:t}){let[n,r]=R(``),[i,a]=R(!1),[o,s]=R(!1),c=B(null);xe(()=>c.current?.focus(),[]);let l=async t=>{t.preventDefault(),s(!0);let r=n.includes(`@`)&&await e.identify(n.trim());s(!1),a(!r),r||c.current?.focus()};return U(`form`,{class:`identity`,noValidate:!0,onSubmit:e=>void l(e),children:[U(`label`,{for:`email`,children:t.email}),U(`div`,{children:[U(`input`,{ref:c,id:`email`,type:`email`,autocomplete:`email`,dir:`ltr`,required:!0,"aria-invalid":i,"aria-describedby":`email-wrong`,value:n,onInput:e=>r(e.currentTarget.value)}),U(`button`,{class:`primary`,disabled:o,children:t.emailSend})]}),U(`p`,{id:`email-wrong`,role:`alert`,children:i?t.emailWrong:``})]})}var wt=/\[([^\]\n]{1,200})\]\(((?:https?:\/\/|mailto:|tel:)[^\s()<>]{1,2000})\)/,Tt=/https?:\/\/[^\s<>"]{1,2000}|(?:mailto:|tel:)[^\s<>"]{1,300}/,Et=RegExp(`${wt.source}|${Tt.source}`,`g`),Dt=new RegExp(Tt.source,`g`),Ot=new Set([`http:`,`https:`,`mailto:`,`tel:`]),kt=/[.,;:!?'"’”»)\]}]+$/;function At(e,t){let n=[],r=0;for(let i of e.matchAll(t?Et:Dt)){let a=t&&i[2]!==void 0,o=a?i[0]:Mt(i[0]),s=jt(a?i[2]:o);if(!s)continue;i.index>r&&n.push({text:e.slice(r,i.index)});let c=a&&!/^\s*(?:https?:|www\.)/i.test(i[1])?i[1]:s;n.push({text:a?c:o,href:s}),r=i.index+o.length}return r<e.length&&n.push({text:e.slice(r)}),n}function jt(e){try{let t=new URL(e??``);return Ot.has(t.protocol)&&!t.username?t.href:void 0}catch{return}}function Mt(e){let t=e.replace(kt,``);for(;Nt(t,`(`)>Nt(t,`)`)&&e[t.length]===`)`;)t+=`)`;return t}function Nt(e,t){return e.split(t).length-1}function Pt({text:e,labels:t=!1}){return U(`p`,{class:`text`,dir:`auto`,children:At(e,t).map(e=>e.href?U(`a`,{href:e.href,target:`_blank`,rel:`noopener noreferrer nofollow`,title:e.href,children:e.text}):e.text)})}function Ft({message:e,session:t,texts:n,locale:r,asked:i}){let a=e.author.kind===`SHOPPER`,o=e.author.kind===`SYSTEM`&&!e.actions.length;return U(`article`,{class:a?`message own`:o?`message notice`:`message`,"data-sequence":e.sequence,children:[!a&&e.author.kind!==`SYSTEM`&&U(`h3`,{dir:`auto`,children:e.author.name}),U(`div`,{class:`bubble`,children:[e.text&&U(Pt,{text:e.text,labels:!a}),e.attachments.map(e=>U(Rt,{file:e},e.id))]}),e.products.length>0&&U(`ul`,{class:`products`,children:e.products.map(i=>U(Lt,{product:i,texts:n,locale:r,clicked:()=>t.click(e.id,i.productId)},i.productId))}),i&&U(It,{message:e,session:t}),U(`footer`,{children:U(`time`,{dateTime:e.sentAt,children:zt(e.sentAt,r)})})]})}function It({message:e,session:t}){let[n,r]=R(!1),i=e=>{r(!0),t.answer(e===`accept`).finally(()=>r(!1))};return U(`div`,{class:`actions`,children:e.actions.map(({action:e,label:t})=>U(`button`,{type:`button`,class:e===`accept`?`primary`:``,disabled:n,onClick:()=>i(e),children:U(`bdi`,{children:t})},e))})}function Lt({product:e,texts:t,locale:n,clicked:r}){let[i,a]=R(!0),o=jt(e.url),s=jt(e.imageUrl),c=U(y,{children:[s&&i&&U(`img`,{src:s,alt:``,loading:`lazy`,referrerpolicy:`no-referrer`,onError:()=>a(!1)}),U(`strong`,{dir:`auto`,children:e.title}),e.price&&U(`span`,{children:Bt(e.price,n)})]});return U(`li`,{children:o?U(`a`,{href:o,target:`_blank`,rel:`noopener`,onClick:r,onAuxClick:r,children:[c,U(`span`,{class:`hidden`,children:[`(`,t.newWindow,`)`]})]}):c})}function Rt({file:e}){let[t,n]=R(e.contentType.startsWith(`image/`)),r=U(`bdi`,{children:e.name});return e.url?U(`a`,{class:`file`,href:e.url,target:`_blank`,rel:`noopener noreferrer`,children:t?U(`img`,{src:e.url,alt:e.name,loading:`lazy`,onError:()=>n(!1)}):r}):U(`p`,{class:`file`,children:r})}function zt(e,t){let n=new Date(e),r=n.toDateString()===new Date().toDateString();return n.toLocaleString(Vt(t),{...!r&&{day:`numeric`,month:`short`},hour:`numeric`,minute:`2-digit`})}function Bt({amount:e,currency:t},n){try{return new Intl.NumberFormat(Vt(n),{style:`currency`,currency:t}).format(Number(e))}catch{return H(`{amount} {currency}`,{amount:e,currency:t})}}function Vt(e){try{return Intl.getCanonicalLocales(e)[0]}catch{return}}var Ht=80;function Ut({session:e,state:t,texts:n,locale:r}){let i=B(null),a=B(!0),o=B(void 0),s=B(0),c=t.messages[0]?.sequence;xe(()=>{let e=i.current;o.current!==void 0&&c!==void 0&&c<o.current?e.scrollTop+=e.scrollHeight-s.current:a.current&&(e.scrollTop=e.scrollHeight),o.current=c,s.current=e.scrollHeight},[t]);let l=()=>{let{scrollHeight:e,scrollTop:t,clientHeight:n}=i.current;a.current=e-t-n<Ht},u=t.messages.findLast(({kind:e})=>e===`HANDOFF_OFFER`);return U(`div`,{ref:i,class:`thread`,tabIndex:0,onScroll:l,children:[t.earlier&&U(`button`,{class:`quiet`,type:`button`,onClick:()=>void e.loadEarlier().catch(()=>{}),children:n.earlier}),U(`div`,{role:`log`,"aria-live":`polite`,children:[t.settings&&!t.earlier&&U(`article`,{class:`message`,children:U(`div`,{class:`bubble`,children:U(Pt,{text:t.settings.greeting,labels:!0})})}),t.messages.map(i=>U(Ft,{message:i,texts:n,locale:r,session:e,asked:i===u&&t.conversation?.handoff?.state===`OFFERED`},i.sequence))]}),t.conversation?.handoff?.state===`AWAITING_IDENTITY`&&t.settings?.identityPolicy===`EMAIL`&&U(Ct,{session:e,texts:n}),t.typing&&U(Wt,{text:t.typing.text}),Le(t).map(t=>U(Gt,{message:t,session:e,texts:n},t.key))]})}function Wt({text:e}){return U(`article`,{class:`message growing`,"aria-hidden":`true`,children:U(`div`,{class:`bubble`,children:e?U(Pt,{text:e,labels:!0}):U(`span`,{class:`dots`,children:[U(`i`,{}),U(`i`,{}),U(`i`,{})]})})})}function Gt({message:e,session:t,texts:n}){return U(`article`,{class:`message own unsent`,children:[U(`div`,{class:`bubble`,children:[U(Pt,{text:e.text}),e.attachments.map(({id:e,name:t})=>U(`p`,{class:`file`,dir:`auto`,children:t},e))]}),U(`footer`,{children:[e.failed?n.notSent:n.sending,e.failed&&U(`button`,{class:`quiet`,type:`button`,onClick:()=>t.retry(e.key),children:n.retry}),e.failed&&U(`button`,{class:`quiet`,type:`button`,onClick:()=>t.discard(e.key),children:n.discard})]})]})}function Kt({session:e,state:t,texts:n,locale:r,close:i}){let a=B(null);z(()=>{let t=()=>{document.hidden||e.see()};return t(),document.addEventListener(`visibilitychange`,t),()=>document.removeEventListener(`visibilitychange`,t)},[t.messages]),qt(a);let{settings:o}=t;return U(`div`,{ref:a,class:`panel`,role:`dialog`,"aria-label":H(n.chatWith,{shop:o?.shopName??`…`}),onKeyDown:e=>{e.key===`Escape`&&i()},children:[U(`div`,{class:`head`,children:[U(`div`,{children:[U(`h2`,{dir:`auto`,children:Yt(t)??`…`}),U(`p`,{children:Xt(t,n)})]}),V(t)&&U(Jt,{session:e,texts:n}),U(`button`,{class:`icon`,type:`button`,"aria-label":n.close,onClick:i,children:U(qe,{})})]}),U(Ut,{session:e,state:t,texts:n,locale:r}),U(`p`,{class:`status`,role:`status`,children:Zt(t,n)}),U(yt,{session:e,state:t,texts:n})]})}function qt(e){z(()=>{let t=e.current,n=t.getRootNode(),r=null;t.addEventListener(`focusin`,({target:e})=>{r=e instanceof Element&&e.matches(`:focus-visible`)?e:null});let i=new MutationObserver(()=>{r&&!r.isConnected&&(r=null,!n.activeElement&&document.activeElement===document.body&&t.querySelector(`textarea`).focus())});return i.observe(t,{childList:!0,subtree:!0}),()=>i.disconnect()},[])}function Jt({session:e,texts:t}){let[n,r]=R(null),i=B(null),a=B(null);return xe(()=>{n!==null&&(n?a:i).current.focus()},[n]),n?U(`span`,{class:`question`,role:`group`,"aria-label":t.endQuestion,children:[U(`button`,{ref:a,class:`quiet danger`,type:`button`,onClick:()=>void e.close(),children:t.end}),U(`button`,{class:`quiet`,type:`button`,onClick:()=>r(!1),children:t.cancel})]}):U(`button`,{ref:i,class:`quiet`,type:`button`,onClick:()=>r(!0),children:t.end})}function Yt({conversation:e,settings:t}){return e?.controller.staff?.name??t?.agentName}function Xt({conversation:e,settings:t},n){return e?.controller.kind===`QUEUE`?n.waiting:t?.shopName??``}function Zt(e,t){return e.live?e.trouble===`refused`?t.refused:e.trouble===`unavailable`?t.unavailable:e.conversation&&!V(e)?t.ended:e.settings?.live===!1&&!V(e)?t.unavailable:e.typing?H(t.typing,{name:e.typing.name}):``:t.reconnecting}function Qt({session:e,texts:t,locale:n,panel:r}){let i=$t(e),[a,o]=R(!1),s=B(null),c=()=>{o(!1),s.current?.focus()};r.open=()=>o(!0),r.close=c,z(()=>{a&&e.prepare()},[a]);let l=a?0:Re(i),u=l?H(t.unread,{count:l}):``;return U(y,{children:[a&&U(Kt,{session:e,state:i,texts:t,locale:n,close:c}),U(`button`,{ref:s,class:`launcher`,type:`button`,"aria-expanded":a,"aria-label":a?t.close:[t.open,u].filter(Boolean).join(`. `),onClick:()=>a?c():o(!0),children:[U(a?qe:Ke,{}),l>0&&U(`span`,{class:`badge`,"aria-hidden":`true`,children:l>9?`9+`:l})]}),U(`p`,{class:`hidden`,role:`status`,children:u})]})}function $t(e){let[t,n]=R(e.state);return z(()=>{e.changed=()=>n(e.state),e.changed()},[e]),t}function J(e){return new Promise(t=>{let n=()=>{clearTimeout(i),removeEventListener(`online`,n),document.removeEventListener(`visibilitychange`,r),t()},r=()=>{document.hidden||n()},i=setTimeout(n,e);addEventListener(`online`,n),document.addEventListener(`visibilitychange`,r)})}function Y(e){return Math.min(1e3*2**Math.min(e,10),3e4)*(.5+Math.random()/2)}function X(e){return e===null?`null`:Array.isArray(e)?`array`:typeof e}function Z(e){return X(e)===`object`}function en(e){return Array.isArray(e)&&e.length>0&&e.every(e=>`message`in e)}function tn(e,t){return e.length<124?e:t}var Q=(e=>(e[e.InternalServerError=4500]=`InternalServerError`,e[e.InternalClientError=4005]=`InternalClientError`,e[e.BadRequest=4400]=`BadRequest`,e[e.BadResponse=4004]=`BadResponse`,e[e.Unauthorized=4401]=`Unauthorized`,e[e.Forbidden=4403]=`Forbidden`,e[e.SubprotocolNotAcceptable=4406]=`SubprotocolNotAcceptable`,e[e.ConnectionInitialisationTimeout=4408]=`ConnectionInitialisationTimeout`,e[e.ConnectionAcknowledgementTimeout=4504]=`ConnectionAcknowledgementTimeout`,e[e.SubscriberAlreadyExists=4409]=`SubscriberAlreadyExists`,e[e.TooManyInitialisationRequests=4429]=`TooManyInitialisationRequests`,e))(Q||{}),$=(e=>(e.ConnectionInit=`connection_init`,e.ConnectionAck=`connection_ack`,e.Ping=`ping`,e.Pong=`pong`,e.Subscribe=`subscribe`,e.Next=`next`,e.Error=`error`,e.Complete=`complete`,e))($||{});function nn(e){if(!Z(e))throw Error(`Message is expected to be an object, but got ${X(e)}`);if(!e.type)throw Error(`Message is missing the 'type' property`);if(typeof e.type!=`string`)throw Error(`Message is expects the 'type' property to be a string, but got ${X(e.type)}`);switch(e.type){case`connection_init`:case`connection_ack`:case`ping`:case`pong`:if(e.payload!=null&&!Z(e.payload))throw Error(`"${e.type}" message expects the 'payload' property to be an object or nullish or missing, but got "${e.payload}"`);break;case`subscribe`:if(typeof e.id!=`string`)throw Error(`"${e.type}" message expects the 'id' property to be a string, but got ${X(e.id)}`);if(!e.id)throw Error(`"${e.type}" message requires a non-empty 'id' property`);if(!Z(e.payload))throw Error(`"${e.type}" message expects the 'payload' property to be an object, but got ${X(e.payload)}`);if(typeof e.payload.query!=`string`)throw Error(`"${e.type}" message payload expects the 'query' property to be a string, but got ${X(e.payload.query)}`);if(e.payload.variables!=null&&!Z(e.payload.variables))throw Error(`"${e.type}" message payload expects the 'variables' property to be a an object or nullish or missing, but got ${X(e.payload.variables)}`);if(e.payload.operationName!=null&&X(e.payload.operationName)!==`string`)throw Error(`"${e.type}" message payload expects the 'operationName' property to be a string or nullish or missing, but got ${X(e.payload.operationName)}`);if(e.payload.extensions!=null&&!Z(e.payload.extensions))throw Error(`"${e.type}" message payload expects the 'extensions' property to be a an object or nullish or missing, but got ${X(e.payload.extensions)}`);break;case`next`:if(typeof e.id!=`string`)throw Error(`"${e.type}" message expects the 'id' property to be a string, but got ${X(e.id)}`);if(!e.id)throw Error(`"${e.type}" message requires a non-empty 'id' property`);if(!Z(e.payload))throw Error(`"${e.type}" message expects the 'payload' property to be an object, but got ${X(e.payload)}`);break;case`error`:if(typeof e.id!=`string`)throw Error(`"${e.type}" message expects the 'id' property to be a string, but got ${X(e.id)}`);if(!e.id)throw Error(`"${e.type}" message requires a non-empty 'id' property`);if(!en(e.payload))throw Error(`"${e.type}" message expects the 'payload' property to be an array of GraphQL errors, but got ${JSON.stringify(e.payload)}`);break;case`complete`:if(typeof e.id!=`string`)throw Error(`"${e.type}" message expects the 'id' property to be a string, but got ${X(e.id)}`);if(!e.id)throw Error(`"${e.type}" message requires a non-empty 'id' property`);break;default:throw Error(`Invalid message 'type' property "${e.type}"`)}return e}function rn(e,t){return nn(typeof e==`string`?JSON.parse(e,t):e)}function an(e,t){return nn(e),JSON.stringify(e,t)}function on(e){let{url:t,connectionParams:n,lazy:r=!0,onNonLazyError:i=console.error,lazyCloseTimeout:a=0,keepAlive:o=0,disablePong:s,connectionAckWaitTimeout:c=0,retryAttempts:l=5,retryWait:u=async function(e){let t=2**e;await new Promise(e=>setTimeout(e,t*1e3+Math.floor(Math.random()*2700+300)))},shouldRetry:d=cn,on:f,webSocketImpl:p,generateID:m=function(){return`xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx`.replace(/[xy]/g,e=>{let t=Math.random()*16|0;return(e==`x`?t:t&3|8).toString(16)})},jsonMessageReplacer:h,jsonMessageReviver:g}=e,_;if(p){if(!un(p))throw Error(`Invalid WebSocket implementation provided`);_=p}else typeof WebSocket<`u`?_=WebSocket:typeof global<`u`?_=global.WebSocket||global.MozWebSocket:typeof window<`u`&&(_=window.WebSocket||window.MozWebSocket);if(!_)throw Error("WebSocket implementation missing; on Node you can `import WebSocket from 'ws';` and pass `webSocketImpl: WebSocket` to `createClient`");let v=_,y=(()=>{let e=(()=>{let e={};return{on(t,n){return e[t]=n,()=>{delete e[t]}},emit(t){`id`in t&&e[t.id]?.(t)}}})(),t={connecting:f?.connecting?[f.connecting]:[],opened:f?.opened?[f.opened]:[],connected:f?.connected?[f.connected]:[],ping:f?.ping?[f.ping]:[],pong:f?.pong?[f.pong]:[],message:f?.message?[e.emit,f.message]:[e.emit],closed:f?.closed?[f.closed]:[],error:f?.error?[f.error]:[]};return{onMessage:e.on,on(e,n){let r=t[e];return r.push(n),()=>{let e=r.indexOf(n);e>-1&&r.splice(e,1)}},emit(e,...n){for(let r of[...t[e]])r(...n)}}})();function b(e){let t=[y.on(`error`,n=>{t.forEach(e=>e()),e(n)}),y.on(`closed`,n=>{t.forEach(e=>e()),e(n)})];return()=>t.forEach(e=>e())}let x,S=0,C,w=!1,T=0,ee=!1;async function E(){clearTimeout(C);let[e,r]=await(x??=new Promise((e,r)=>(async()=>{if(w){if(await u(T),!S)return x=void 0,r({code:1e3,reason:`All Subscriptions Gone`});T++}y.emit(`connecting`,w);let i=new v(typeof t==`function`?await t():t,`graphql-transport-ws`),a,l;function d(){isFinite(o)&&o>0&&(clearTimeout(l),l=setTimeout(()=>{i.readyState===v.OPEN&&(i.send(an({type:$.Ping})),y.emit(`ping`,!1,void 0))},o))}b(e=>{x=void 0,clearTimeout(a),clearTimeout(l),r(e),e instanceof sn&&(i.close(4499,`Terminated`),i.onerror=null,i.onclose=null)}),i.onerror=e=>y.emit(`error`,e),i.onclose=e=>y.emit(`closed`,e),i.onopen=async()=>{try{y.emit(`opened`,i);let e=typeof n==`function`?await n():n;if(i.readyState!==v.OPEN)return;i.send(an(e?{type:$.ConnectionInit,payload:e}:{type:$.ConnectionInit},h)),isFinite(c)&&c>0&&(a=setTimeout(()=>{i.close(Q.ConnectionAcknowledgementTimeout,`Connection acknowledgement timeout`)},c)),d()}catch(e){y.emit(`error`,e),i.close(Q.InternalClientError,tn(e instanceof Error?e.message:String(e),`Internal client error`))}};let f=!1;i.onmessage=({data:t})=>{try{let n=rn(t,g);if(y.emit(`message`,n),n.type===`ping`||n.type===`pong`){y.emit(n.type,!0,n.payload),n.type===`pong`?d():s||(i.send(an(n.payload?{type:$.Pong,payload:n.payload}:{type:$.Pong},h)),y.emit(`pong`,!1,n.payload));return}if(f)return;if(n.type!==$.ConnectionAck)throw Error(`First message cannot be of type ${n.type}`);clearTimeout(a),f=!0,y.emit(`connected`,i,n.payload,w),w=!1,T=0;let r=new Promise((e,t)=>b(t));r.catch(()=>{}),e([i,r])}catch(e){i.onmessage=null,y.emit(`error`,e),i.close(Q.BadResponse,tn(e instanceof Error?e.message:String(e),`Bad response`))}}})()));e.readyState===v.CLOSING&&await r;let i=()=>{},l=new Promise(e=>i=e);return[e,i,new Promise((t,n)=>{let i=b(n);e.readyState!==v.OPEN&&r.catch(n),l.then(()=>{if(i(),!S){let t=()=>e.close(1e3,`Normal Closure`);isFinite(a)&&a>0?(clearTimeout(C),C=setTimeout(()=>{!S&&e.readyState===v.OPEN&&t()},a)):t()}t()})})]}function D(e){if(cn(e)&&(ln(e.code)||[Q.InternalServerError,Q.InternalClientError,Q.BadRequest,Q.BadResponse,Q.Unauthorized,Q.SubprotocolNotAcceptable,Q.SubscriberAlreadyExists,Q.TooManyInitialisationRequests].includes(e.code)))throw e;if(ee)return!1;if(cn(e)&&e.code===1e3)return S>0;if(!l||T>=l||!d(e))throw e;return w=!0}r||(async()=>{for(S++;;)try{let[,,e]=await E();await e}catch(e){try{if(!D(e))return}catch(e){return i?.(e)}}})();function O(e,t){let n=m(e),r=!1,i=!1,a=()=>{S--,r=!0};return(async()=>{for(S++;;)try{let[o,s,c]=await E();if(r)return c.catch(()=>{}),s();let l=y.onMessage(n,e=>{switch(e.type){case $.Next:t.next(e.payload);return;case $.Error:i=!0,r=!0,t.error(e.payload),a();return;case $.Complete:r=!0,a();return}});o.send(an({id:n,type:$.Subscribe,payload:e},h)),a=()=>{!r&&o.readyState===v.OPEN&&o.send(an({id:n,type:$.Complete},h)),S--,r=!0,s()},await c.finally(l);return}catch(e){if(!D(e))return}})().then(()=>{i||t.complete()}).catch(e=>{t.error(e)}),()=>{r||a()}}return{on:y.on,subscribe:O,iterate(e){let t=[],n={done:!1,error:null,resolve:()=>{}},r=O(e,{next(e){t.push(e),n.resolve()},error(e){n.done=!0,n.error=e,n.resolve()},complete(){n.done=!0,n.resolve()}}),i=async function*(){for(;;){for(t.length||await new Promise(e=>n.resolve=e);t.length;)yield t.shift();if(n.error)throw n.error;if(n.done)return}}();return i.throw=async e=>(n.done||(n.done=!0,n.error=e,n.resolve()),{done:!0,value:void 0}),i.return=async()=>(r(),{done:!0,value:void 0}),i},async dispose(){if(ee=!0,x){let[e]=await x;e.close(1e3,`Normal Closure`)}},terminate(){x&&y.emit(`closed`,new sn)}}}var sn=class extends Error{name=`TerminatedCloseEvent`;message=`4499: Terminated`;code=4499;reason=`Terminated`;wasClean=!1};function cn(e){return Z(e)&&`code`in e&&`reason`in e}function ln(e){return![1e3,1001,1006,1005,1012,1013,1014].includes(e)&&e>=1e3&&e<=1999}function un(e){return typeof e==`function`&&`constructor`in e&&`CLOSED`in e&&`CLOSING`in e&&`CONNECTING`in e&&`OPEN`in e}var dn=12e3,fn=8e3;function pn(e,t,n,r,i){let a,o,s=Date.now(),c=``,l=!1,u=on({url:e.replace(/^http/,`ws`),connectionParams:async()=>(c=await lt(t),{authorization:`Bearer ${c}`,resume:a}),shouldRetry:()=>!0,retryAttempts:1/0,retryWait:e=>J(Y(e)),keepAlive:dn,connectionAckWaitTimeout:dn,on:{connected:()=>i.connected(!0),closed:e=>{clearTimeout(o),l||(i.connected(!1),e.code===4403&&(typeof t!=`string`&&t.drop(c),i.refused()))},message:e=>{s=Date.now(),e.type===`next`&&(a=mn(e.payload.extensions)??a)},ping:(e,t)=>{e?a=t?.cursor??a:o=setTimeout(()=>u.terminate(),fn)},pong:e=>{e&&clearTimeout(o)}}}),d=u.subscribe({query:`${n}`,variables:r},{next:({data:e,errors:t})=>{e?i.next(e):i.failed(t)},error:e=>{l||i.failed(e)},complete:()=>{}}),f=()=>{!window.document.hidden&&Date.now()-s>2e4&&u.terminate()};return addEventListener(`online`,f),window.document.addEventListener(`visibilitychange`,f),()=>{l=!0,removeEventListener(`online`,f),window.document.removeEventListener(`visibilitychange`,f),clearTimeout(o),d(),u.dispose()}}function mn(e){return e?.stream?.cursor}var hn=class{memory=new Map;prefix;constructor(e){this.prefix=`baton:${e}:`}get(e){try{let t=this.read(this.prefix+e);return t===null?void 0:JSON.parse(t)}catch{return}}set(e,t){let n=this.prefix+e;try{t===void 0?localStorage.removeItem(n):localStorage.setItem(n,JSON.stringify(t))}catch{t===void 0?this.memory.delete(n):this.memory.set(n,JSON.stringify(t))}}watch(e){addEventListener(`storage`,({key:t})=>{if(t===null)for(let t of gn)e(t);else t.startsWith(this.prefix)&&e(t.slice(this.prefix.length))})}async alone(e){navigator.locks?await navigator.locks.request(`${this.prefix}send`,e):await e()}read(e){try{return localStorage.getItem(e)??this.memory.get(e)??null}catch{return this.memory.get(e)??null}}},gn=[`conversation`,`browser`,`seen`,`unsent`],_n=new Set([`CONVERSATION_CLOSED`,`CONVERSATION_FULL`]),vn=class{options;storage;session;running=!1;constructor(e,t,n){this.options=e,this.storage=t,this.session=n}add(e){this.change(t=>[...t,e]),this.flush()}retry(e){let t=({text:e,attachments:t,after:n})=>({key:q(),text:e,attachments:t,after:n});this.change(n=>n.map(n=>n.key===e?t(n):n)),this.flush()}discard(e){this.change(t=>t.filter(t=>t.key!==e))}flush(){!this.running&&this.next()&&(this.running=!0,this.storage.alone(()=>this.sendAll()).finally(()=>{this.running=!1,this.session.set({unsent:this.unsent}),this.flush()}))}get unsent(){return this.storage.get(`unsent`)??[]}change(e){let t=e(this.unsent);this.storage.set(`unsent`,t),this.session.set({unsent:t})}next(){return this.unsent.find(e=>!e.failed)}async sendAll(){let e=0;for(let t=this.next();t;t=this.next())try{await this.sendOne(t),e=0}catch(n){!(n instanceof G)||!n.passes?this.fail(t.key):await J(Math.max(n.retryAfter,Y(e++)))}}fail(e){this.change(t=>t.map(t=>t.key===e?{...t,failed:!0}:t))}async sendOne(e){let{kept:t,state:n}=this.session;t&&(n.conversation?.id!==t.id||V(n))&&await this.sendOn(e,t)||await this.start(e)}async sendOn(e,{id:t,token:n}){let{text:r,key:i,attachments:a}=e,o={conversationId:t,text:r,idempotencyKey:i,attachments:a.map(e=>e.id)};try{let{sendMessage:e}=await K(this.options.endpoint,n,tt,{input:o});if(e.errors.length)return!_n.has(e.errors[0].code)&&yn(e.errors);let{session:t}=this;return t.state=Fe(Ne(t.state,[e.message]),e.conversation),this.discard(i),!0}catch(e){if(e instanceof G&&e.refusesCredential)return!1;throw e}}async start({text:e,key:t,attachments:n}){n.length&&yn([{code:`CONVERSATION_CLOSED`,message:`The conversation has ended.`}]);let{endpoint:r,locale:i,identityToken:a}=this.options,o=this.storage.get(`browser`)??q()+q();this.storage.set(`browser`,o);let s={anonymousId:o,...a&&{identityToken:a}},c={channel:`WEB_CHAT`,text:e,locale:i,idempotencyKey:`${t}:start`,visitor:s},{startConversation:l}=await K(r,this.options.key,et,{input:c});l.errors.length&&yn(l.errors),this.discard(t),this.session.keep({id:l.conversation.id,token:l.visitorToken})}};function yn([e]){throw new G(e.code,e.message)}var bn=3e3,xn=7e3,Sn=new Set([`UNAUTHENTICATED`,`FORBIDDEN`,`NOT_FOUND`]),Cn=new Set([`INVALID`,`CONFLICT`]),wn=18e5,Tn=class{options;state=je;changed=()=>{};storage;sending;unfollow=null;followed=null;typedAt=0;typingEnds;constructor(e){this.options=e,this.storage=new hn(e.key),this.sending=new vn(e,this.storage,this),this.storage.watch(e=>this.changedElsewhere(e)),setInterval(()=>void this.renewAddresses(),wn),this.set({unsent:this.storage.get(`unsent`)??[],seen:this.storage.get(`seen`)??0}),this.join(),this.sending.flush()}set(e){this.state={...this.state,...e},this.changed()}get kept(){return this.storage.get(`conversation`)}async prepare(){for(let e=0;this.state.settings===null;e++)try{let{widget:e}=await K(this.options.endpoint,this.options.key,Xe,{});this.set({settings:e,trouble:null})}catch(t){if(this.set({trouble:`unavailable`}),!(t instanceof G)||!t.passes)return;await J(Math.max(t.retryAfter,Y(e)))}}send(e,t){this.sending.add({key:q(),text:e,attachments:t,after:Ie(this.state)})}retry(e){this.sending.retry(e)}discard(e){this.sending.discard(e)}upload(e){if(!this.kept)throw new G(`NOT_FOUND`,`There is no conversation yet.`);return ht(this.options.endpoint,this.kept.token,e)}type(e){let{kept:t}=this;if(!t||!V(this.state)||e&&Date.now()-this.typedAt<bn||!e&&this.typedAt===0)return;this.typedAt=e?Date.now():0;let n={conversationId:t.id,typing:e};K(this.options.endpoint,t.token,ot,{input:n}).catch(()=>{})}async answer(e){let t=this.state.conversation?.handoff?.id;t&&await this.command(nt,{handoffId:t,accept:e},e=>e.answerHandoffOffer)}async identify(e){return await this.command(rt,{...this.named,email:e},e=>e.identifyVisitor)===null}async close(){await this.command(it,this.named,e=>e.closeConversation)}click(e,t){if(!this.kept)return;let n={messageId:e,productId:t,idempotencyKey:q()};K(this.options.endpoint,this.kept.token,st,{input:n},{keepalive:!0}).catch(()=>{})}see(){let e=this.state.messages.at(-1)?.sequence??0;e<=this.state.seen||(this.storage.set(`seen`,e),this.set({seen:e}))}async loadEarlier(){let{kept:e,state:{earlier:t}}=this;if(!e||!t)return;let n={id:e.id,before:t},{conversation:r}=await K(this.options.endpoint,e.token,Qe,n);if(!r||e.id!==this.followed)return;let{nodes:i,pageInfo:a}=r.messages;this.state=Ne(this.state,i),this.set({earlier:a.hasPreviousPage?a.startCursor:null})}async prove(e){this.options.identityToken=e,this.kept&&V(this.state)&&await this.command(rt,{...this.named,identityToken:e},e=>e.identifyVisitor)===`CONFLICT`&&this.forget()}async leave(){let{kept:e}=this;if(this.options.identityToken=void 0,this.forget(),this.storage.set(`browser`,void 0),this.storage.set(`unsent`,void 0),this.set({unsent:[]}),!e)return;let t={conversationId:e.id};await K(this.options.endpoint,e.token,at,{input:t},{keepalive:!0}).catch(()=>{})}keep(e){this.kept?.id!==e.id&&this.storage.set(`seen`,0),this.storage.set(`conversation`,e),this.join()}forget(){this.storage.set(`conversation`,void 0),this.storage.set(`seen`,void 0),this.join()}async join(){let e=this.kept?.id??null;if(e===this.followed)return;this.unfollow?.(),this.unfollow=null,this.followed=e;let{unsent:t,settings:n}=this.state;this.set({...je,settings:n,unsent:t,seen:this.storage.get(`seen`)??0}),e&&await this.reload(e),this.sending.flush()}async reload(e){for(let t=0;e===this.followed&&this.kept;t++)try{await this.load(e,this.kept.token);return}catch(n){if(e!==this.followed)return;if(n instanceof G&&Sn.has(n.code))return this.forget();this.set({live:!1}),await J(Math.max(n instanceof G?n.retryAfter:0,Y(t)))}}async load(e,t){let{conversation:n}=await K(this.options.endpoint,t,Ze,{id:e});if(e!==this.followed)return;if(!n)return this.forget();let{messages:{nodes:r,pageInfo:i},streamCursor:a,...o}=n;this.state=Fe(Pe(this.state,r,i.hasPreviousPage?i.startCursor:null),o),this.set({live:!0}),this.follow(e,t,a),this.options.identityToken&&!o.identityVerified&&this.prove(this.options.identityToken)}follow(e,t,n){this.unfollow?.();let r=()=>{e===this.followed&&(this.unfollow?.(),this.unfollow=null,this.reload(e))},i=()=>void J(Y(0)).then(r);this.unfollow=pn(this.options.endpoint,t,$e,{id:e,after:n},{next:({conversation:e})=>{e?.__typename===`StreamReset`?r():e&&this.take(e)},connected:e=>this.set({live:e,...!e&&{typing:null}}),refused:i,failed:i})}take(e){this.state=Me(this.state,e),clearTimeout(this.typingEnds),this.state.typing&&(this.typingEnds=setTimeout(()=>this.set({typing:null}),xn)),this.changed()}get named(){return{conversationId:this.kept?.id??``}}async command(e,t,n){let{kept:r}=this,i={...t,idempotencyKey:q()},a=`NOT_FOUND`;this.set({trouble:null});for(let t=0;r&&r.id===this.followed;t++)try{let{conversation:t,errors:o}=n(await K(this.options.endpoint,r.token,e,{input:i}));t&&r.id===this.followed&&(this.state=Fe(this.state,t)),a=o[0]?.code??null;break}catch(e){if(a=e instanceof G?e.code:`INTERNAL`,!(e instanceof G)||!e.passes)break;await J(Math.max(e.retryAfter,Y(t)))}return this.set({trouble:a===null||Cn.has(a)?null:`refused`}),a}changedElsewhere(e){e===`conversation`?this.join():e===`unsent`?(this.set({unsent:this.storage.get(`unsent`)??[]}),this.sending.flush()):e===`seen`&&this.set({seen:this.storage.get(`seen`)??0})}async renewAddresses(){let{kept:e}=this;if(!e||!this.state.messages.some(({attachments:e})=>e.length))return;let t=await K(this.options.endpoint,e.token,Ze,{id:e.id}).catch(()=>null);t?.conversation&&e.id===this.followed&&(this.state=Ne(this.state,t.conversation.messages.nodes),this.changed())}},En=`:host{all:initial;--accent:#1f5c46;--on-accent:#fff;--ground:#fff;--raised:#f1f3f2;--ink:#17201c;--soft:#56625c;--line:#d9dfdc;--wrong:#b3261e;--lightningcss-light:initial;--lightningcss-dark: ;color-scheme:light;z-index:2147483000;direction:ltr;font:15px/1.45 system-ui,-apple-system,Segoe UI,Roboto,Noto Sans,sans-serif;position:fixed;inset:auto 0 0 auto}@media (prefers-color-scheme:dark){:host(:not([data-theme=light])){--ground:#17201c;--raised:#26312c;--ink:#eef3f0;--soft:#a9b5af;--line:#3a4640;--wrong:#ff8a80;--lightningcss-light: ;--lightningcss-dark:initial;color-scheme:dark}}:host([data-theme=dark]){--ground:#17201c;--raised:#26312c;--ink:#eef3f0;--soft:#a9b5af;--line:#3a4640;--wrong:#ff8a80;--lightningcss-light: ;--lightningcss-dark:initial;color-scheme:dark}@media print{:host{display:none}}*{box-sizing:border-box;margin:0}button,input,textarea{font:inherit;color:inherit}button{cursor:pointer;border:1px solid var(--line);background:var(--ground);border-radius:10px;min-height:40px;padding:8px 12px}button:disabled,button[aria-disabled=true]{opacity:.55;cursor:default}:focus-visible{outline:2px solid var(--ink);outline-offset:2px}a{color:inherit;overflow-wrap:anywhere}.hidden{clip-path:inset(50%);white-space:nowrap;width:1px;height:1px;position:absolute;overflow:hidden}.primary{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}.quiet{min-height:32px;color:inherit;background:0 0;border:0;padding:4px 8px;font-size:13px;text-decoration:underline}.danger{font-weight:600}.icon{background:0 0;border:0;flex:none;place-items:center;width:40px;padding:0;display:grid}.launcher{background:var(--accent);width:58px;height:58px;color:var(--on-accent);border:0;border-radius:50%;place-items:center;padding:0;display:grid;position:fixed;inset:auto 20px 20px auto;box-shadow:0 4px 18px #00000047}.launcher:focus-visible{outline:3px solid var(--ink);outline-offset:3px}.badge{color:#fff;text-align:center;background:#b3261e;border-radius:11px;min-width:22px;font:600 12px/22px system-ui,sans-serif;position:absolute;inset:-4px -4px auto auto}.panel{border:1px solid var(--line);background:var(--ground);width:380px;height:min(620px,100dvh - 112px);color:var(--ink);border-radius:16px;flex-direction:column;display:flex;position:fixed;inset:auto 20px 92px auto;overflow:hidden;box-shadow:0 12px 48px #00000040}.head{background:var(--accent);color:var(--on-accent);flex-wrap:wrap;align-items:center;gap:4px;padding:10px 10px 10px 16px;display:flex}.head :focus-visible{outline-color:var(--on-accent)}.head div{flex:1;min-width:120px}h2{overflow-wrap:anywhere;font-size:16px;line-height:1.3}.head p{font-size:13px}.question{display:flex}.thread{overscroll-behavior:contain;flex-direction:column;flex:1;gap:10px;padding:14px;display:flex;overflow-y:auto}.thread:focus-visible{outline-offset:-3px}.thread>.quiet{align-self:center}[role=log]{flex-direction:column;gap:10px;display:flex}.message{flex-direction:column;align-items:flex-start;max-width:100%;display:flex}.own{align-items:flex-end}h3{color:var(--soft);margin:0 4px 2px;font-size:12px;font-weight:600}.bubble{background:var(--raised);border-radius:14px 14px 14px 4px;max-width:85%;padding:8px 12px}.own .bubble{background:var(--accent);color:var(--on-accent);border-radius:14px 14px 4px}.notice{align-items:center}.notice .bubble{border:1px dashed var(--line);color:var(--soft);background:0 0;border-radius:10px;font-size:14px}.text{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext}.unsent .bubble{opacity:.85}footer{color:var(--soft);align-items:center;gap:4px;margin:2px 4px 0;font-size:12px;display:flex}.file{overflow-wrap:anywhere;font-size:14px;display:block}.file img{border-radius:8px;max-width:100%;max-height:220px;display:block}.actions{flex-wrap:wrap;gap:8px;margin-top:8px;display:flex}.products{gap:8px;max-width:100%;margin-top:6px;padding:0;list-style:none;display:flex;overflow-x:auto}.products li{border:1px solid var(--line);border-radius:12px;flex:none;width:150px;overflow:hidden}.products a,.products li{flex-direction:column;gap:2px;text-decoration:none;display:flex}.products img{object-fit:cover;background:var(--raised);width:100%;height:110px}.products strong,.products span{padding:2px 10px;font-size:14px}.products span{color:var(--soft);padding-bottom:8px}.dots{gap:4px;padding:6px 2px;display:inline-flex}.dots i{background:var(--soft);border-radius:50%;width:7px;height:7px;animation:1.2s infinite typing}.dots i:nth-child(2){animation-delay:.15s}.dots i:nth-child(3){animation-delay:.3s}@keyframes typing{0%,60%,to{opacity:.3}30%{opacity:1}}@media (prefers-reduced-motion:reduce){.dots i{animation:none}}.status{min-height:20px;color:var(--soft);padding:0 16px;font-size:13px}.identity{border:1px solid var(--line);border-radius:12px;padding:12px}.identity label{font-size:14px;font-weight:600}.identity div{flex-wrap:wrap;gap:8px;margin-top:6px;display:flex}.identity input{border:1px solid var(--soft);background:var(--ground);border-radius:10px;flex:1;min-width:140px;min-height:40px;padding:6px 10px}[role=alert]{color:var(--wrong);font-size:13px}.composer{border-top:1px solid var(--line);padding:8px}.row{align-items:flex-end;gap:4px;display:flex}textarea{border:1px solid var(--soft);background:var(--ground);resize:none;border-radius:20px;flex:1;min-width:0;min-height:40px;max-height:140px;padding:9px 12px;line-height:1.35}textarea::placeholder{color:var(--soft);opacity:1}.files{flex-wrap:wrap;gap:6px;padding:0 4px 6px;list-style:none;display:flex}.files li{background:var(--raised);overflow-wrap:anywhere;border-radius:10px;align-items:center;max-width:100%;padding-left:10px;font-size:13px;display:flex}@media (max-width:480px),(max-height:480px){.panel{border:0;border-radius:0;width:auto;height:100dvh;inset:0}.launcher[aria-expanded=true]{display:none}textarea,.identity input{font-size:16px}}`,Dn=/^#[0-9a-f]{6}$/i;function On(e){let{key:t,locale:n,identityToken:r,color:i,theme:a}=e.dataset;if(!t)throw Error(`The chat widget needs the publishable key of the account as data-key.`);let o=n||document.documentElement.lang||navigator.language||`en`,s=new Tn({endpoint:new URL(`/graphql`,e.src).href,key:t,locale:o,identityToken:r}),c=document.createElement(`baton-chat`);c.lang=Ve(o),(a===`light`||a===`dark`)&&(c.dataset.theme=a),i&&Dn.test(i)&&(c.style.setProperty(`--accent`,i),c.style.setProperty(`--on-accent`,kn(i)?`#fff`:`#111`));let l=c.attachShadow({mode:`open`}),u=new CSSStyleSheet;u.replaceSync(En),l.adoptedStyleSheets=[u],document.body.append(c);let d={open:()=>{},close:()=>{}};P(U(Qt,{session:s,texts:He(o),locale:o,panel:d}),l),window.baton={open:()=>d.open(),close:()=>d.close(),identify:e=>void s.prove(e),signOut:()=>void s.leave()}}function kn(e){let[t,n,r]=[1,3,5].map(t=>{let n=parseInt(e.slice(t,t+2),16)/255;return n<=.04045?n/12.92:((n+.055)/1.055)**2.4});return .2126*t+.7152*n+.0722*r<.179}var An=document.currentScript;An instanceof HTMLScriptElement&&!window.baton&&(document.body?On(An):addEventListener(`DOMContentLoaded`,()=>On(An),{once:!0}))})();